"""One caption at full size: the published algorithm in torch, others that a user might take, and Earsight."""
