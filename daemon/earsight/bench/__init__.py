"""How long a captioner takes on this machine, and how long the machine would need at the least."""
