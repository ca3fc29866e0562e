"""How probable something has to be before it is said, and how it is worded, unless a device is configured
otherwise."""

PLAIN_ABOVE = 0.7
"""Confidence from which a device, unless configured otherwise, says a caption as it is."""
PROBABLY_ABOVE = 0.45
"""From here on it begins with "Probably"."""
MAYBE_ABOVE = 0.1
"""From here on it begins with "Not sure, maybe"; below, the device says that it can't tell."""

OBJECT_PLAIN_ABOVE = 0.75
"""Probability from which a thing that a detector found is said as it is."""
OBJECTS_ABOVE = 0.62
"""From here on it is said as probable, also in a short description."""
WALKING_ABOVE = 0.3
"""From here on what matters most to someone walking, such as stairs, is said in a short description, too:
missing it does more harm. Below PROBABLY_ABOVE it is said as doubtful."""
OBJECT_MAYBE_ABOVE = 0.35
"""From here on it is said as doubtful, in a detailed description only."""
PLACE_ABOVE = 0.8
"""Probability from which the place, or what the ground is, is said."""
CAPTION_ABOVE = 0.8
"""Confidence from which a caption is said beside the things that a detector found."""
PRESENCE_ABOVE = 0.7
"""Presence of persons, animals and vehicles from which a caption that names them is said without doubt, as
far as its own confidence goes."""
LEAST_PRESENCE = 0.35
"""Below, no caption that names animals or vehicles is said at all; of people, below OBJECTS_ABOVE."""
LIKELY_ABOVE = 0.8
"""Probability from which the careful style says a thing."""
SHORT_WORDS = 14
"""Words of a short description at most."""
FIND_PROBABLY_ABOVE = 0.5
"""Probability from which a thing that the wearer looks for is said to be there, probably."""
FIND_MAYBE_ABOVE = 0.3
"""From here on it is said as doubtful, and ticks lead to it."""
FIND_ABSENT_BELOW = 0.03
"""Below, it is said that the thing is not seen."""
