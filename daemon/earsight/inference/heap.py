"""The memory that loading a model took is returned to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

# Of glibc's mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_LOADING = 64 * 1024
_RUNNING = 8 * 1024 * 1024


@contextmanager
def trimmed_heap() -> Iterator[None]:
    """Within this context, every larger block is returned to the system as soon as it is freed.

    glibc keeps freed blocks of up to 32 MB once there were some of that size. The weights of a large model
    are read, unpacked and packed one after the other, which makes over a hundred megabytes. Returning memory
    takes time, so afterwards, while the model runs, only blocks larger than any activation are returned.
    With another C library nothing happens.
    """
    try:
        library = ctypes.CDLL(None)
        set_option, trim = library.mallopt, library.malloc_trim
    except (OSError, AttributeError):
        yield
        return
    set_option(_MMAP_THRESHOLD, _LOADING)
    try:
        yield
    finally:
        set_option(_MMAP_THRESHOLD, _RUNNING)
        set_option(_TRIM_THRESHOLD, 2 * _RUNNING)
        trim(0)
