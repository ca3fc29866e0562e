"""How loud the wearer has set the voice, kept over power cuts."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

from earsight.system.storage import write_whole

LEVELS = (0.1, 0.18, 0.32, 0.56, 1.0)
"""Steps of 5 dB. The lowest can still be heard: a voice that was silenced by mistake could not say so."""

_log = logging.getLogger(__name__)


class Volume:
    """configured: what the configuration says, 0..1; a new value there counts more than what was set before.
    path: where it is kept; None forgets it. A file that is damaged or can't be written is as good as none."""

    def __init__(self, configured: float, path: Path | None) -> None:
        self._configured = configured
        self._path = path
        self._turn = threading.Lock()
        self.value = self._kept()

    def under(self, configured: float) -> float:
        """What it would be with that in the configuration."""
        return self.value if configured == self._configured else configured

    def configure(self, configured: float) -> None:
        self.value = self.under(configured)
        self._configured = configured

    def louder(self) -> bool:
        """False: it is as loud as it gets."""
        return self._take([level for level in LEVELS if level > self.value][:1])

    def quieter(self) -> bool:
        """False: it is as quiet as it gets."""
        return self._take([level for level in LEVELS if level < self.value][-1:])

    def keep(self) -> None:
        """Write it down, which may take a second on a slow card. Thread-safe."""
        if self._path is None:
            return
        with self._turn:
            content = json.dumps({"configured": self._configured, "volume": self.value})
            try:
                write_whole(self._path, content.encode())
            except OSError as error:
                _log.warning("%s: %s; the volume will be forgotten", self._path, error.strerror)

    def _take(self, levels: list[float]) -> bool:
        if levels:
            self.value = levels[0]
        return bool(levels)

    def _kept(self) -> float:
        if self._path is None:
            return self._configured
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["configured"] == self._configured and kept["volume"] in LEVELS:
                return float(kept["volume"])
        except (OSError, ValueError, LookupError, TypeError):
            pass  # never set, or written by something else
        return self._configured
