"""What the wearer has chosen by button: volume, rate and narration, kept over restarts and power cuts."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from earsight.system import time_limits
from earsight.system.storage import write_whole

VOLUMES = (0.1, 0.18, 0.32, 0.56, 1.0)
"""Steps of 5 dB. The lowest can still be heard: a voice that was silenced by mistake could not say so."""

RATES = (80, 100, 120, 145, 175, 210, 250, 300, 360, 450)
"""Words per minute, in steps of about 20 percent."""

_FILE, _OLD_FILE = "preferences.json", "volume.json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Adjustable:
    """What both the configuration and the wearer decide.

    Attributes:
        volume: 0..1.
        rate: Words per minute.
        narration: Seconds between looks without a press; None for no narration.
    """

    volume: float
    rate: int
    narration: float | None


class Preferences:
    """The settings in use: as configured, unless the wearer has chosen otherwise since.

    A choice lasts until the configuration has another value for the same key. A file that is damaged, or that
    can't be written, is as good as none.

    Attributes:
        values: The settings in use.
    """

    def __init__(self, configured: Adjustable, folder: Path | None) -> None:
        """Read what was chosen before.

        Args:
            configured: What the configuration says.
            folder: Where the choices are kept; None forgets them.
        """
        self._configured = configured
        self._folder = folder
        self._saving = threading.Lock()
        self.values = replace(configured, **_read_choices(folder, configured))

    def under(self, configured: Adjustable) -> Adjustable:
        """What the settings would be with another configuration."""
        before, after = asdict(self._configured), asdict(configured)
        kept = {key: value for key, value in asdict(self.values).items() if before[key] == after[key]}
        return replace(configured, **kept)

    def configure(self, configured: Adjustable) -> None:
        """Take a new configuration."""
        self.values = self.under(configured)
        self._configured = configured

    def louder(self) -> bool:
        """Raise the volume by a step. Returns False if there is none."""
        return self._step("volume", [step for step in VOLUMES if step > self.values.volume])

    def quieter(self) -> bool:
        """Lower the volume by a step. Returns False if there is none."""
        return self._step("volume", [step for step in reversed(VOLUMES) if step < self.values.volume])

    def faster(self) -> bool:
        """Raise the rate by a step. Returns False if there is none."""
        return self._step("rate", [step for step in RATES if step > self.values.rate])

    def slower(self) -> bool:
        """Lower the rate by a step. Returns False if there is none."""
        return self._step("rate", [step for step in reversed(RATES) if step < self.values.rate])

    def toggle_narration(self) -> bool:
        """Turn narration on or off. Returns whether it is on now."""
        interval = None
        if self.values.narration is None:
            interval = self._configured.narration or time_limits.NARRATION_INTERVAL
        self.values = replace(self.values, narration=interval)
        return interval is not None

    def save(self) -> None:
        """Write the choices down. It may take a second on a slow card, and is thread-safe."""
        if self._folder is None:
            return
        with self._saving:
            values, configured = asdict(self.values), asdict(self._configured)
            choices = {
                key: {"configured": configured[key], "chosen": value}
                for key, value in values.items()
                if value != configured[key]
            }
            try:
                write_whole(self._folder / _FILE, json.dumps(choices).encode())
            except OSError as error:
                _log.warning("%s: %s; the wearer's choices will be lost", self._folder, error.strerror)

    def _step(self, key: str, steps: Sequence[Any]) -> bool:
        """Take the first of the steps."""
        if steps:
            self.values = replace(self.values, **{key: steps[0]})
        return bool(steps)


def _read_choices(folder: Path | None, configured: Adjustable) -> dict[str, Any]:
    """The choices that are valid and were made under the present configuration."""
    if folder is None:
        return {}
    choices = _read(folder / _FILE)
    if choices is None:  # what versions before this one kept
        old = _read(folder / _OLD_FILE) or {}
        choices = {"volume": {"configured": old.get("configured"), "chosen": old.get("volume")}}
    valid: dict[str, Any] = {}
    for key, value in asdict(configured).items():
        choice = choices.get(key)
        if isinstance(choice, dict) and choice.get("configured", ...) == value:
            chosen = choice.get("chosen", ...)
            for step in _steps(key, value):
                if step == chosen and chosen is not True:
                    valid[key] = step
    return valid


def _steps(key: str, configured: Any) -> tuple[Any, ...]:
    """What the wearer can choose for a key."""
    return {"volume": VOLUMES, "rate": RATES}.get(key, (None, configured or time_limits.NARRATION_INTERVAL))


def _read(file: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None  # never written, or damaged
    return content if isinstance(content, dict) else None
