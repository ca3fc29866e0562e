"""Every time limit of reading text, in seconds; their order is held by the test of time_limits.py."""

from __future__ import annotations

FOR_DESCRIPTION = 5.0
"""Reading text for a description takes up no further line after this long."""

FIRST_PART = 0.6
"""The first lines of a text are said after reading for this long; it goes on meanwhile."""

FURTHER_PART = 3.0
"""So long are the parts in which it goes on: about as long as it takes to say one line."""

NOTHING = 3.0
"""A part without a line ends this much later: what was taken for text is often none."""

ANOTHER_FRAME = 0.6
"""A further frame of the same text is read only while reading has taken less than this."""

CONTINUOUS = 300.0
"""Reading what is new ends by itself after this time: it takes all that a small board has."""

CONTINUOUS_PAUSE = 0.5
"""The shortest pause between two of its looks; it is as long as the look took."""

OUT_OF_SIGHT = 30.0
"""Text that was out of sight for this long is read again when it comes back."""
