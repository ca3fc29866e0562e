"""One caption at full size: the published algorithm, others that a user might take, and ours, in one run."""
