"""Earsight: a head-worn camera that says what is in front of you."""

__version__ = "0.1.0"
