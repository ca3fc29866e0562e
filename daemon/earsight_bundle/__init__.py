"""The contract of model bundles, which training writes and the daemon reads: all that the two share.

docs/bundle.md describes it for people. This package imports numpy and pydantic only, and neither half.
"""
