"""The last settings that worked: they serve where a power failure has taken the settings file."""

from __future__ import annotations

import logging
from pathlib import Path

from earsight.config.loader import ConfigError, load_config
from earsight.config.schema import Config
from earsight.system.storage import write_whole

COPY = "last-good-settings.yaml"
"""The name of the copy."""

_log = logging.getLogger(__name__)


class LastGoodSettings:
    """A copy of the settings file, of the newest content that was valid."""

    def __init__(self, file: Path | None, folder: Path | None) -> None:
        """Args:
        file: The settings file; None keeps nothing.
        folder: Where the copy is kept; None keeps nothing.
        """
        self._file = file
        self._copy = folder / COPY if folder else None

    def keep(self) -> None:
        """Copy the file, if it is valid and has changed. Writing may take a second on a slow card."""
        if self._file is None or self._copy is None:
            return
        try:
            content = self._file.read_bytes()
            load_config(self._file)
            if content == self._file.read_bytes() and content != self._kept():
                write_whole(self._copy, content)
        except ConfigError:  # written again since it was taken over
            return
        except OSError as error:
            _log.warning("%s: %s; the settings are not kept", self._copy, error.strerror)

    def load(self) -> Config | None:
        """The settings of the copy; None if there is no copy, or it is no longer valid."""
        if self._file is None or self._copy is None:
            return None
        try:
            return load_config(self._copy, self._file.absolute().parent)
        except ConfigError as error:
            _log.warning("%s", error)
            return None

    def _kept(self) -> bytes | None:
        try:
            return self._copy.read_bytes() if self._copy else None
        except OSError:
            return None
