"""Text that goes into a message of one line."""

from __future__ import annotations


def printable(text: str) -> str:
    """A name for a one-line message: file names may hold line breaks, and bytes that are no text."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
