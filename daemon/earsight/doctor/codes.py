"""The check of what reads QR codes and barcodes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from earsight.doctor.finding import Finding, Status, failure
from earsight.readers.codes import CodesMissingError, read_codes

_WHITE = np.full((48, 64, 3), 255, np.uint8)


def check_codes() -> Finding:
    """Whether codes can be read. A package that is not installed is a warning: all else works without it."""
    try:
        read_codes(_WHITE)
    except CodesMissingError as error:
        return replace(failure("codes", error), status=Status.WARNING)
    return Finding("codes", Status.OK, "QR codes and barcodes can be read")
