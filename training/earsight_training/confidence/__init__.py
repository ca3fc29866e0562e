"""Confidence: fitting it, and measuring how far it can be relied on."""
