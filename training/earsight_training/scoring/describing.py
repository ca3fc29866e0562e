"""Runs the program of the device over photos: what is measured is what a wearer hears."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from earsight_bundle.confidence import STANDS_IN
from earsight_training.errors import TrainingError
from earsight_training.scoring.kept_captions import KeptCaptions

_AT_ONCE = 2000  # photos of one command: all of COCO's would be longer than a command may be
_SOME_FAILED = 1
"""Exit status of `earsight describe` where some photos could not be described."""

Row = Mapping[str, Any]


def stands_in(row: Row) -> bool:
    """Whether the device captioned, where another machine should have."""
    return any(STANDS_IN in each["evidence"] for each in row.get("captions", ()))


class EvaluationError(TrainingError):
    """Captions can't be had or scored; the message says why."""


def device_rows(
    model: Path, photos: Sequence[Path], kept: KeptCaptions | None, options: Sequence[str]
) -> dict[Path, Row]:
    """What `earsight describe --json` prints of photos.

    Args:
        model: Folder of a bundle, or a file of settings, with the engine that they name.
        photos: To be described.
        kept: What was kept of an earlier run with the same options; it gets the new ones as they come.
        options: Of `describe`, such as --evidence.

    Returns:
        By photo. One that can't be described is listed on standard error and left out.

    Raises:
        EvaluationError: the program failed, or not one photo could be described.
    """
    known = {photo: row for photo in photos if (row := kept.get(photo) if kept is not None else None)}
    if kept is not None and known:
        print(f"goes on with {len(known)} captions that are kept in {kept.path}", file=sys.stderr)
    asked = [photo for photo in photos if photo not in known]
    engine = "--config" if model.is_file() else "--bundle"
    command = [sys.executable, "-m", "earsight", "describe", "--json", engine, str(model), *options]
    rows = known | {
        photo: row
        for start in range(0, len(asked), _AT_ONCE)
        for photo, row in _described(command, asked[start : start + _AT_ONCE], kept)
    }
    failures = [str(row["error"]) for row in rows.values() if "error" in row]
    for failure in failures:
        print(failure, file=sys.stderr)
    if photos and len(failures) == len(photos):
        raise EvaluationError(f"earsight describe captioned none of {len(photos)} photos: {failures[0]}")
    return {photo: row for photo, row in rows.items() if "error" not in row}


def _described(
    command: Sequence[str], photos: Sequence[Path], kept: KeptCaptions | None
) -> Iterator[tuple[Path, Row]]:
    """Each photo with what the command prints of it, as it comes. Raises EvaluationError."""
    paths = [str(photo) for photo in photos]
    # Standard error stays the terminal's: the child shows its progress there.
    with subprocess.Popen([*command, "--", *paths], stdout=subprocess.PIPE, encoding="utf-8") as child:
        assert child.stdout
        count = 0
        for photo, line in zip(photos, child.stdout, strict=False):
            try:
                row: Mapping[str, Any] = json.loads(line)
            except ValueError as error:
                raise EvaluationError(f"earsight describe printed {line[:60]!r}, which is no JSON") from error
            if kept is not None and "error" not in row and not stands_in(row):
                kept.add(photo, row)
            count += 1
            yield photo, row
    if child.returncode not in (0, _SOME_FAILED) or count != len(photos):
        raise EvaluationError(
            f"earsight describe ended ({child.returncode}) after {count} of {len(photos)} photos"
            + (f"; {len(kept)} captions are kept: run this again to go on" if kept is not None else "")
        )
