"""What a press means, what is worth saying, and what the wearer has heard."""
