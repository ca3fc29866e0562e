"""A camera without a camera: shows photos or a video as if they were in front of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from earsight.cameras.opencv import load_cv2
from earsight.cameras.photos import PHOTO_SUFFIXES, PhotoError, list_folder, load_photo
from earsight.cameras.source import CameraError, FrameSource
from earsight_files.text import printable

log = logging.getLogger(__name__)

VIDEO_SUFFIXES = frozenset(
    {".avi", ".m4v", ".mjpeg", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".webm"}
)
_PHOTO_RATE = 10.0
_NAMED = 3
"""Files of a folder that are named in a message."""
_DEMO = ("motorcycle_left.png", "coffee.png", "chelsea.png")
"""Those in scikit-image's wheel that the built-in model describes rightly, in both languages."""


def demo_photos() -> list[Path]:
    """A few real photos from scikit-image's wheel; nothing is fetched.

    Raises:
        CameraError: scikit-image is not installed.
    """
    spec = find_spec("skimage")
    folder = Path(spec.origin).parent / "data" if spec and spec.origin else None
    photos = [folder / name for name in _DEMO if (folder / name).is_file()] if folder else []
    if not photos:
        raise CameraError(
            "There are no demo photos: pip install scikit-image, or choose photos with --replay PATH."
        )
    return photos


def shows_demo_photos(source: FrameSource) -> bool:
    """Whether what a source shows comes with Earsight, rather than from a camera or from its user."""
    return isinstance(source, ReplaySource) and source.path is None


class ReplaySource:
    """Photos ten times a second, or a video at its own rate."""

    def __init__(
        self, path: Path | str | Sequence[Path] | None, interval: float = 5.0, loop: bool = True
    ) -> None:
        """Opens nothing yet.

        Args:
            path: A photo, a folder of photos, a video, a list of photos, or None for the demo photos.
            interval: Seconds for which each photo is shown.
            loop: Whether to begin again after the last picture, instead of showing it for ever.
        """
        self.path = path
        self._interval = interval
        self._loop = loop
        self._reel: _Photos | _Video | None = None
        self._due = 0.0

    def open(self) -> None:
        self.close()
        if isinstance(self.path, (str, Path)) and Path(self.path).suffix.lower() in VIDEO_SUFFIXES:
            self._reel = _Video(Path(self.path), self._loop)
        else:
            times = round(self._interval * _PHOTO_RATE)
            self._reel = _Photos(_listed(self.path), times, self._loop, named=shows_demo_photos(self))
        self._due = time.monotonic()

    def read(self) -> np.ndarray:
        assert self._reel is not None, "read() before open()"
        time.sleep(max(0.0, self._due - time.monotonic()))
        picture = self._reel.next()
        # From now when late (a slow photo, a suspended laptop): no burst of pictures to catch up.
        self._due = max(self._due, time.monotonic() - 1 / self._reel.rate) + 1 / self._reel.rate
        return picture

    def close(self) -> None:
        if self._reel is not None:
            self._reel.close()
            self._reel = None


def _listed(path: Path | str | Sequence[Path] | None) -> list[Path]:
    if path is None:
        return demo_photos()
    if not isinstance(path, (str, Path)):
        return list(path)
    path = Path(path)
    if not path.is_dir():
        return [path]
    try:
        found = list_folder(path)
    except PhotoError as error:
        raise CameraError(str(error)) from error
    left_out = _named(found.others)
    if not found.photos:
        other = f"; other files are {left_out}" if left_out else ""
        kinds = ", ".join(sorted(PHOTO_SUFFIXES))
        raise CameraError(f"The folder {printable(str(path))} contains no photos ({kinds}){other}.")
    if left_out:
        log.warning("Skipping files in %s whose names are not those of photos: %s", path, left_out)
    return found.photos


def _named(files: Sequence[Path]) -> str:
    """The first few by name, and how many there are besides."""
    names = ", ".join(printable(file.name) for file in files[:_NAMED])
    return f"{names} and {len(files) - _NAMED} more" if len(files) > _NAMED else names


class _Photos:
    """Each photo `times` times, loaded when its turn comes; a broken one is logged once and left out.

    named: demo photos, whose names are logged as they are shown: they are nobody's own.
    """

    rate = _PHOTO_RATE

    def __init__(self, paths: list[Path], times: int, loop: bool, named: bool) -> None:
        self._paths = paths
        self._named = named
        self._times = max(1, times)
        self._loop = loop
        self._index = 0
        self._left = self._times
        self._shown = self._load()

    def next(self) -> np.ndarray:
        if self._left == 0:
            self._turn()
        self._left = max(0, self._left - 1)
        return self._shown

    def close(self) -> None:
        pass

    def _turn(self) -> None:
        last = self._index + 1 >= len(self._paths)
        if last and not self._loop:
            return
        self._left = self._times
        if len(self._paths) > 1:
            self._index = 0 if last else self._index + 1
            self._shown = self._load()

    def _load(self) -> np.ndarray:
        broken: list[str] = []
        while self._paths:
            try:
                photo = load_photo(self._paths[self._index])
                photo.setflags(write=False)  # handed out many times
                _log_skipped(broken)
                if self._named:
                    log.info("demo photo: %s", self._paths[self._index].name)
                return photo
            except PhotoError as error:
                broken.append(str(error))
                del self._paths[self._index]
            if self._index == len(self._paths) > 0:
                if not self._loop:
                    _log_skipped(broken)
                    self._index -= 1
                    return self._shown
                self._index = 0
        raise CameraError(f"No photo can be shown: {broken[-1] if broken else 'there is none.'}")


def _log_skipped(reasons: Sequence[str]) -> None:
    """Only where another photo can be shown: else it would be said twice, and again at every attempt."""
    for reason in reasons:
        log.warning("Skipping a photo: %s", reason)


class _Video:
    def __init__(self, path: Path, loop: bool) -> None:
        self._path = path
        self._loop = loop
        if not path.is_file():
            raise CameraError(f"There is no video {path}: check the path.")
        self._cv2 = load_cv2(f"The video {path.name}")
        self._capture: Any = self._cv2.VideoCapture(str(path))
        rate = self._capture.get(self._cv2.CAP_PROP_FPS)
        self.rate = float(rate) if 1 <= rate <= 120 else _PHOTO_RATE
        first = self._decode()
        if first is None:
            self.close()
            raise CameraError(
                f"The video {path} can't be read: it is damaged, or in a format that OpenCV can't read."
            )
        self._shown: np.ndarray = first
        self._first = True

    def next(self) -> np.ndarray:
        if self._first:
            self._first = False
            return self._shown
        picture = self._decode()
        if picture is None and self._loop:
            self._capture.release()  # opened anew: seeking to the start fails with some containers
            self._capture = self._cv2.VideoCapture(str(self._path))
            picture = self._decode()
        if picture is not None:
            self._shown = picture
        elif self._loop:
            raise CameraError(f"The video {self._path} can't be read any more.")
        return self._shown

    def close(self) -> None:
        self._capture.release()

    def _decode(self) -> np.ndarray | None:
        good, bgr = self._capture.read()
        return np.asarray(self._cv2.cvtColor(bgr, self._cv2.COLOR_BGR2RGB)) if good else None
