import errno
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.cameras.source import CameraError
from earsight.cameras.v4l2 import (
    VideoNode,
    check_camera,
    find_webcam,
    first_webcam,
    frame_sizes,
    parse_capability,
    parse_frame_size,
    query,
)

CAPTURE, METADATA, M2M, OWN = 0x1, 0x800000, 0x8000, 0x80000000


def answer(driver: bytes, capabilities: int, device_caps: int, card: bytes = b"Camera") -> bytes:
    return struct.pack("=16s32s32sIII12x", driver, card, b"usb-1", 1, capabilities, device_caps)


def test_a_node_is_judged_by_its_own_capabilities_not_the_device_s() -> None:
    picture = parse_capability(answer(b"uvcvideo", CAPTURE | METADATA | OWN, CAPTURE, b"HD Webcam"))
    assert picture == VideoNode("uvcvideo", "HD Webcam", captures=True)
    assert not parse_capability(answer(b"uvcvideo", CAPTURE | METADATA | OWN, METADATA)).captures
    assert not parse_capability(answer(b"bcm2835-codec", M2M | OWN, M2M)).captures
    assert parse_capability(answer(b"old driver", CAPTURE, 0)).captures


@given(st.binary(min_size=104, max_size=104))
def test_any_answer_is_understood(data: bytes) -> None:
    assert isinstance(parse_capability(data).is_webcam, bool)


def test_sizes_are_single_ones_or_the_largest_of_a_range() -> None:
    single = struct.pack("=3I2I16x8x", 0, 0x47504A4D, 1, 1920, 1080)
    assert parse_frame_size(single) == (1920, 1080)
    span = struct.pack("=3I6I8x", 0, 0x47504A4D, 3, 64, 2592, 8, 64, 1944, 8)
    assert parse_frame_size(span) == (2592, 1944)


def test_what_is_no_camera_has_no_sizes(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for node in (tmp_path / "file", tmp_path / "gone", Path("/dev/null")):
        assert frame_sizes(node, 0x47504A4D) == []


def test_the_first_webcam_in_the_order_of_numbers() -> None:
    webcam = VideoNode("uvcvideo", "Webcam", captures=True)
    nodes = {
        "video0": VideoNode("unicam", "raw sensor", captures=True),
        "video1": VideoNode("uvcvideo", "metadata", captures=False),
        "video2": None,
        "video10": webcam,
        "video9": webcam,
    }

    def ask(device: Path) -> VideoNode:
        node = nodes[device.name]
        if node is None:
            raise OSError(errno.EACCES, "no")
        return node

    assert first_webcam([Path("/dev") / name for name in [*nodes, "video-left"]], ask) == "/dev/video9"
    assert first_webcam([Path("/dev/video1")], ask) is None
    assert first_webcam([], ask) is None


def test_find_webcam_names_a_camera_or_none() -> None:
    found = find_webcam()
    assert found is None or query(Path(found)).is_webcam


@pytest.mark.parametrize(
    ("device", "code", "words"),
    [
        ("/dev/video7", errno.ENOENT, "no camera /dev/video7"),
        ("/dev/video7", errno.EACCES, "usermod -aG video"),
        ("/dev/video7", errno.EBUSY, "held by"),
        ("/dev/video7", errno.EIO, "can't be opened"),
    ],
)
def test_each_trouble_has_its_message(
    device: str, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("earsight.cameras.v4l2.os.open", refuse)
    with pytest.raises(CameraError, match=words) as caught:
        check_camera(Path(device))
    assert "\n" not in str(caught.value)


def test_what_is_no_camera_at_all(tmp_path: Path) -> None:
    plain = tmp_path / "file"
    plain.write_bytes(b"")
    for device in (plain, Path("/dev/null")):
        with pytest.raises(CameraError, match="is not a camera"):
            check_camera(device)
