"""Model bundles: the folder that training writes and the daemon reads."""
