"""The times by which a search guides: intervals, pauses and delays. All are in seconds.

They are what people hear and follow, and nothing else depends on them. Read one as `finding_times.NAME`, so
that a test can shorten it here.
"""

from __future__ import annotations

LASTS = 60.0
"""A search ends by itself after this long."""

LOST = 0.7
"""A thing that was not seen for this long is lost, until it is seen again. Where looks come more slowly, it
is lost after twice the time between two of them."""

LOST_AT_THE_SLOWEST = 4.0
"""It is lost after this long, however slow the board is."""

UNSEEN = 4.0
"""That a thing is not seen is said this long after the search began, or after it was lost."""

UNSEEN_AGAIN = 15.0
"""It is not said again before this long; neither is that the camera is lost."""

STEADY = 0.5
"""A thing must have been there for this long before that is said, and in another direction likewise."""

SMOOTHING = 0.3
"""In this time the probability of a thing follows what is seen to two thirds."""

FOLLOWING = 0.15
"""The same for its place: ticks that come late lead astray."""

LONGEST_STEP = 0.25
"""A look counts for this long at most: after a pause, one look is still but one look."""

SLOWEST = 0.7
"""Interval between ticks for a thing at the edge of the picture."""

FASTEST = 0.16
"""The same for one in the middle. Faster ticks run together."""

REPEAT = 2.5
"""Nothing more is said of a thing that is there before this long after the last words."""

TICKS = 0.35
"""For about this long, ticks go on in one place before they follow the thing."""

POLL = 0.05
"""Interval at which a search that has nothing to say looks whether it has."""
