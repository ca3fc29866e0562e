"""Captions that another machine makes, and what stands in for it."""
