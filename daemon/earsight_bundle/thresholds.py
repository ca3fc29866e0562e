"""How a confidence is worded, unless a device is configured otherwise."""

PLAIN_ABOVE = 0.7
"""Confidence from which a device, unless configured otherwise, says a caption as it is."""
PROBABLY_ABOVE = 0.45
"""From here on it begins with "Probably"."""
MAYBE_ABOVE = 0.1
"""From here on it begins with "Not sure, maybe"; below, the device says that it can't tell."""
