"""What Linux says of a /dev/video* node, asked of the kernel: no camera library is needed for it."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from earsight.cameras.source import CameraAbsentError, CameraDeniedError, CameraError, CameraInUseError
from earsight.system.device_users import held_by

# struct v4l2_capability (linux/videodev2.h): driver, card, bus_info, version, capabilities, device_caps
_CAPABILITY = struct.Struct("=16s32s32sIII12x")
_QUERYCAP = 2 << 30 | _CAPABILITY.size << 16 | ord("V") << 8 | 0  # _IOR('V', 0, struct v4l2_capability)
# struct v4l2_frmsizeenum: index, pixel_format, type, then width and height, or least, most and step of each
_FRAME_SIZE = struct.Struct("=3I6I8x")
_ENUM_FRAMESIZES = 3 << 30 | _FRAME_SIZE.size << 16 | ord("V") << 8 | 74  # _IOWR('V', 74, struct ...)
_DISCRETE = 1
_MOST_SIZES = 100
"""More are not asked for, whatever a driver says."""
_CAPTURE, _CAPTURE_MPLANE, _DEVICE_CAPS = 0x1, 0x1000, 0x80000000
# Nodes that capture, but only a part of a board's camera pipeline: raw sensors and image processors.
_PIPELINE_DRIVERS = frozenset({"unicam", "bcm2835-isp", "rp1-cfe", "pispbe", "tegra-video"})


@dataclass(frozen=True, slots=True)
class VideoNode:
    """One /dev/video* node, as its driver presents it.

    Attributes:
        driver: The driver's name.
        card: The device's name, for people.
        captures: Whether it gives pictures.
    """

    driver: str
    card: str
    captures: bool

    @property
    def is_webcam(self) -> bool:
        """Whether it is a camera ready for use, and not only a part of a board's camera pipeline."""
        return self.captures and self.driver not in _PIPELINE_DRIVERS


def parse_capability(answer: bytes) -> VideoNode:
    """Read the answer to VIDIOC_QUERYCAP, 104 bytes."""
    driver, card, _bus, _version, whole_device, this_node = _CAPABILITY.unpack(answer)
    capabilities = this_node if whole_device & _DEVICE_CAPS else whole_device
    return VideoNode(_text(driver), _text(card), bool(capabilities & (_CAPTURE | _CAPTURE_MPLANE)))


def query(device: Path) -> VideoNode:
    """Ask the driver of a node.

    Raises:
        OSError: It can't be asked; errno is ENOTTY for a node that is no video device.
    """
    handle = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return parse_capability(fcntl.ioctl(handle, _QUERYCAP, bytes(_CAPABILITY.size)))
    finally:
        os.close(handle)


def frame_sizes(device: Path, pixel_format: int) -> list[tuple[int, int]]:
    """The sizes of pictures that a device has in a format, by width and height; none if it can't say.

    Args:
        device: The node.
        pixel_format: The format's four characters, as V4L2 and OpenCV have them in one number.
    """
    try:
        handle = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return []
    found: list[tuple[int, int]] = []
    try:
        for index in range(_MOST_SIZES):
            asked = _FRAME_SIZE.pack(index, pixel_format, 0, *[0] * 6)
            found.append(parse_frame_size(fcntl.ioctl(handle, _ENUM_FRAMESIZES, asked)))
            if found[-1] == found[0] and index:
                break
    except OSError:  # EINVAL: that was the last one
        pass
    finally:
        os.close(handle)
    return found


def parse_frame_size(answer: bytes) -> tuple[int, int]:
    """Read the answer to VIDIOC_ENUM_FRAMESIZES, 44 bytes: a size, or the largest of a range."""
    _index, _format, kind, first, second, _step, _least, most, _ = _FRAME_SIZE.unpack(answer)
    return (first, second) if kind == _DISCRETE else (second, most)


def find_webcam() -> str | None:
    """The first /dev/video* node that is a camera ready for use, not a codec, metadata or raw sensor node."""
    return first_webcam(Path("/dev").glob("video*"), query)


def first_webcam(devices: Iterable[Path], ask: Callable[[Path], VideoNode]) -> str | None:
    """The same, among some devices. ask: see query()."""
    numbered = [device for device in devices if device.name.removeprefix("video").isdecimal()]
    for device in sorted(numbered, key=lambda device: int(device.name.removeprefix("video"))):
        try:
            if ask(device).is_webcam:
                return str(device)
        except OSError:
            continue
    return None


def check_camera(device: Path) -> None:
    """Make sure that this user can open a device, and that it is a camera.

    Raises:
        CameraError: It is not so; the message says what to do about it.
    """
    try:
        node = query(device)
    except FileNotFoundError:
        raise CameraAbsentError(
            f"camera.device: there is no camera {device}: plug it in, or choose another device{_offer()}."
        ) from None
    except PermissionError:
        raise CameraDeniedError(
            f"{device} can't be used by this user: add the user to the group video "
            "(sudo usermod -aG video USER) and log in again."
        ) from None
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise CameraInUseError(f"The camera {device} is {held_by({str(device.resolve())})}.") from None
        if error.errno in (errno.ENOTTY, errno.EINVAL):
            raise CameraError(f"{device} is not a camera: choose another device{_offer()}.") from None
        raise CameraError(
            f"The camera {device} can't be opened: {error.strerror}; unplug it and plug it in again."
        ) from error
    if not node.captures:
        raise CameraError(
            f"camera.device: {device} ({node.card}) gives no pictures: choose another device{_offer()}."
        )


def _offer() -> str:
    webcam = find_webcam()
    return f", {webcam} is one" if webcam else ""


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")
