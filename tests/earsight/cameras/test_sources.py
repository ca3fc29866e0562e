"""The sources that need a device, against stand-ins for the libraries that reach it."""

import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from earsight.cameras.gstreamer import GStreamerSource, complete
from earsight.cameras.opencv import OpenCvSource
from earsight.cameras.picamera2 import Picamera2Source
from earsight.cameras.source import CameraError
from earsight.system import time_limits

cv2 = pytest.importorskip("cv2")
RED_IN_BGR = np.full((4, 6, 3), (0, 0, 200), np.uint8)
RED_IN_BGR[-1, ::2] = 9


class Capture:
    """cv2.VideoCapture of a camera that shows red."""

    def __init__(self, name: str, api: int, opens: bool = True, pictures: int = 1) -> None:
        self.name = name
        self.api = api
        self.opens = opens
        self.pictures = pictures
        self.damaged = 0
        self.grabbed = 0
        self.asked: list[tuple[int, float]] = []
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.opens

    def set(self, key: int, value: float) -> None:
        self.asked.append((key, value))

    def get(self, key: int) -> float:
        return dict(self.asked)[key]

    @property
    def size(self) -> tuple[float, float]:
        """What it was asked for last."""
        return self.get(cv2.CAP_PROP_FRAME_WIDTH), self.get(cv2.CAP_PROP_FRAME_HEIGHT)

    def grab(self) -> bool:
        self.grabbed += 1
        return True

    def read(self) -> tuple[bool, Any]:
        self.pictures -= 1
        if self.damaged > 0:
            self.damaged -= 1
            return True, np.full((4, 6, 3), 128, np.uint8)
        return (True, RED_IN_BGR) if self.pictures >= 0 else (False, None)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def captures(monkeypatch: pytest.MonkeyPatch) -> list[Capture]:
    made: list[Capture] = []

    def make(name: str, api: int) -> Capture:
        made.append(Capture(name, api))
        return made[-1]

    monkeypatch.setattr(cv2, "VideoCapture", make)
    monkeypatch.setattr("earsight.cameras.opencv.check_camera", lambda _device: None)
    monkeypatch.setattr(time_limits, "DAMAGED_FRAMES", 0.2)
    return made


def without(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)


def test_opencv_asks_for_fresh_mjpg_and_gives_rgb(captures: list[Capture]) -> None:
    source = OpenCvSource(2, width=800, height=600, fps=10)
    source.open()
    assert source.read()[0, 0].tolist() == [200, 0, 0]
    (capture,) = captures
    assert (capture.name, capture.api) == ("/dev/video2", cv2.CAP_V4L2)
    asked = dict(capture.asked)
    assert asked[cv2.CAP_PROP_BUFFERSIZE] == 1
    assert asked[cv2.CAP_PROP_FOURCC] == int.from_bytes(b"MJPG", "little")
    assert (asked[cv2.CAP_PROP_FRAME_WIDTH], asked[cv2.CAP_PROP_FRAME_HEIGHT]) == (800, 600)
    keys = [key for key, _value in capture.asked]
    assert keys.index(cv2.CAP_PROP_FOURCC) < keys.index(cv2.CAP_PROP_FRAME_WIDTH)
    with pytest.raises(CameraError, match="/dev/video2 gives no pictures"):
        source.read()
    source.close()
    source.close()
    assert capture.released


def test_opencv_drops_what_was_taken_while_nobody_read(captures: list[Capture]) -> None:
    source = OpenCvSource(2, fps=100)
    source.open()
    (capture,) = captures
    capture.pictures = 10
    time.sleep(0.05)
    source.read()
    assert capture.grabbed == 0, "nothing is old before the first picture"
    time.sleep(0.05)
    source.read()
    assert capture.grabbed == 1
    source.close()


def test_opencv_keeps_each_picture_that_it_was_in_time_for(captures: list[Capture]) -> None:
    source = OpenCvSource(2, fps=1)
    source.open()
    (capture,) = captures
    capture.pictures = 10
    for _ in range(5):
        source.read()
    assert capture.grabbed == 0


def test_opencv_survives_a_lost_and_a_damaged_picture(captures: list[Capture]) -> None:
    source = OpenCvSource(2)
    source.open()
    (capture,) = captures
    capture.damaged, capture.pictures = 2, 3
    assert source.read()[0, 0].tolist() == [200, 0, 0]
    capture.read = iter([(False, None), (True, RED_IN_BGR)]).__next__  # type: ignore[method-assign]
    assert source.read()[0, 0].tolist() == [200, 0, 0]


def test_opencv_with_only_damaged_pictures_does_not_work(captures: list[Capture]) -> None:
    source = OpenCvSource(2)
    source.open()
    captures[0].damaged = 10**6
    with pytest.raises(CameraError, match="single colour"):
        source.read()


def test_opencv_busy_missing_and_not_installed(
    captures: list[Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda name, api: Capture(name, api, opens=False))
    with pytest.raises(CameraError, match="held by"):
        OpenCvSource("/dev/video3").open()
    without("cv2", monkeypatch)
    with pytest.raises(CameraError, match=r"camera\.source opencv.*opencv-python-headless"):
        OpenCvSource(0).open()
    monkeypatch.undo()
    with pytest.raises(CameraError, match="/dev/video250"):
        OpenCvSource(250).open()
    assert captures == []


def test_a_source_that_never_opened_can_be_closed() -> None:
    for source in (OpenCvSource(0), GStreamerSource("videotestsrc"), Picamera2Source()):
        source.close()


def test_pipelines_are_completed_so_that_only_the_newest_picture_is_kept() -> None:
    pipeline = complete("nvarguscamerasrc ! nvvidconv ! ")
    assert pipeline.startswith("nvarguscamerasrc ! nvvidconv ! videoconvert ! ")
    for option in ("appsink", "drop=true", "max-buffers=1", "sync=false", "format=BGR"):
        assert option in pipeline
    own = "v4l2src ! videoconvert ! appsink drop=false"
    assert complete(own) == own
    assert complete("filesrc location=/srv/my-appsink-test.mkv").endswith("sync=false")


def test_gstreamer_needs_an_opencv_that_has_it(
    captures: list[Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "  FFMPEG:  YES\n  GStreamer:   NO\n")
    with pytest.raises(CameraError, match=r"python3-opencv.*--system-site-packages"):
        GStreamerSource("videotestsrc").open()
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "  GStreamer:   YES (1.22.0)\n")
    source = GStreamerSource("videotestsrc")
    source.open()
    assert source.read()[0, 0].tolist() == [200, 0, 0]
    assert captures[0].api == cv2.CAP_GSTREAMER
    with pytest.raises(CameraError, match="no more pictures"):
        source.read()
    source.close()
    assert captures[0].released
    monkeypatch.setattr(cv2, "VideoCapture", lambda name, api: Capture(name, api, opens=False))
    with pytest.raises(CameraError, match=r"camera\.pipeline is: nonsense"):
        GStreamerSource("nonsense").open()


SIZES = [(640, 480), (1280, 720), (1920, 1080), (3840, 2160)]


def test_a_webcam_gives_stills_in_a_larger_size_and_keeps_it_for_a_while(
    captures: list[Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earsight.cameras.opencv.frame_sizes", lambda _device, _format: SIZES)
    source = OpenCvSource(2, 640, 480)
    source.open()
    (capture,) = captures
    capture.pictures = 9
    source.read()
    still = source.still()
    assert still is not None
    assert still[0, 0].tolist() == [200, 0, 0]
    assert (capture.size, capture.grabbed) == ((1920, 1080), 2), "the first ones after a change are dark"
    changes = len(capture.asked)
    source.read()
    source.still()
    assert len(capture.asked) == changes, "switching takes time"
    assert capture.grabbed == 3, "the picture that lay ready is passed over"
    monkeypatch.setattr(time_limits, "STILL_KEPT", 0.0)
    source.still()
    source.read()
    assert capture.size == (640, 480)


@pytest.mark.parametrize("sizes", [[], [(640, 480), (320, 240)], [(4000, 3000)]])
def test_a_webcam_without_a_larger_size_is_not_switched(
    captures: list[Capture], monkeypatch: pytest.MonkeyPatch, sizes: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr("earsight.cameras.opencv.frame_sizes", lambda _device, _format: sizes)
    source = OpenCvSource(2, 640, 480)
    source.open()
    (capture,) = captures
    capture.pictures = 9
    source.read()
    changes = len(capture.asked)
    assert source.still() is None
    assert (len(capture.asked), capture.grabbed) == (changes, 0)


class BoardCamera:
    """picamera2.Picamera2 of a camera that shows red, with the library's own idea of format names."""

    found: list[dict] = [{"Model": "imx708", "Id": "/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a"}]  # noqa: RUF012
    trouble: Exception | None = None
    made: list["BoardCamera"] = []  # noqa: RUF012

    def __init__(self) -> None:
        if self.trouble:
            raise self.trouble
        self.closed = self.flushed = self.stalled = False
        self.made.append(self)

    @classmethod
    def global_camera_info(cls) -> list[dict]:
        return cls.found

    sensor_resolution = (4608, 2592)

    def create_video_configuration(self, **options: Any) -> dict:
        return options

    def configure(self, options: dict) -> None:
        self.options = options
        self.switched: list[tuple[int, int]] = []

    def switch_mode(self, options: dict, wait: bool) -> object:
        assert not wait, "it would wait for ever"
        self.switched.append(options["main"]["size"])
        self.options = options
        return object()

    def start(self) -> None:
        pass

    def capture_array(self, _name: str, wait: bool) -> object:
        assert not wait, "it would wait for ever"
        return object()

    def wait(self, _job: object, timeout: float) -> np.ndarray:
        if self.stalled:
            raise TimeoutError
        assert 0 < timeout < 10
        width, height = self.options["main"]["size"]
        memory = {"RGB888": (0, 0, 200), "BGR888": (200, 0, 0)}[self.options["main"]["format"]]
        return np.where(np.indices((height, width))[0][..., None] % 2 == 0, memory, 9).astype(np.uint8)

    def cancel_all_and_flush(self) -> None:
        self.flushed = True

    def close(self) -> None:
        assert self.flushed or not self.stalled, "it would wait for the picture that never comes"
        self.closed = True


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> type[BoardCamera]:
    library = ModuleType("picamera2")
    fresh = type("BoardCamera", (BoardCamera,), {"made": []})
    library.Picamera2 = fresh  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", library)
    return fresh


def test_the_board_s_camera_gives_rgb(board: type[BoardCamera]) -> None:
    source = Picamera2Source(320, 240, 10)
    source.open()
    pixels = source.read()
    assert pixels.shape == (240, 320, 3)
    assert pixels[0, 0].tolist() == [200, 0, 0]
    source.close()
    source.close()
    assert board.made[0].closed


def test_the_board_s_camera_gives_stills_in_a_larger_size_and_keeps_it_for_a_while(
    board: type[BoardCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Picamera2Source(640, 480, 10)
    source.open()
    (camera,) = board.made
    still = source.still()
    assert still is not None
    assert still.shape == (1296, 2304, 3)
    assert source.read().shape == (1296, 2304, 3)
    source.still()
    assert camera.switched == [(2304, 1296)]
    monkeypatch.setattr(time_limits, "STILL_KEPT", -1.0)
    source.still()
    assert source.read().shape == (480, 640, 3)
    assert camera.switched[-1] == (640, 480)


def test_the_board_s_camera_has_no_stills_larger_than_its_sensor(board: type[BoardCamera]) -> None:
    source = Picamera2Source(2304, 1296, 10)
    source.open()
    assert source.still() is None
    assert board.made[0].switched == []


def test_the_board_s_camera_that_does_not_switch_has_failed(
    board: type[BoardCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Picamera2Source(640, 480, 10)
    source.open()
    monkeypatch.setattr(board, "switch_mode", lambda *_args, **_options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        source.still()

    def refuse(*_args: object, **_options: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(board, "switch_mode", refuse)
    with pytest.raises(CameraError, match="another size of pictures: no memory"):
        source.still()


def test_the_board_s_camera_that_stalls_can_be_closed(board: type[BoardCamera]) -> None:
    source = Picamera2Source()
    source.open()
    board.made[0].stalled = True
    with pytest.raises(CameraError, match="no picture for 3 s"):
        source.read()
    source.close()
    assert board.made[0].closed


def test_the_board_s_camera_is_busy_missing_or_broken(
    board: type[BoardCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    for message in ("Camera __init__ sequence did not complete.", "Failed to acquire camera: busy"):
        monkeypatch.setattr(board, "trouble", RuntimeError(message))
        with pytest.raises(CameraError, match="held by"):
            Picamera2Source().open()
    monkeypatch.setattr(board, "trouble", RuntimeError("sensor timeout"))
    with pytest.raises(CameraError, match="can't be started: sensor timeout"):
        Picamera2Source().open()
    monkeypatch.setattr(board, "found", [])
    with pytest.raises(CameraError, match="ribbon cable"):
        Picamera2Source().open()
    without("picamera2", monkeypatch)
    with pytest.raises(CameraError, match=r"camera\.source picamera2.*python3-picamera2"):
        Picamera2Source().open()


def test_a_webcam_is_not_the_board_s_camera(
    board: type[BoardCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    webcam = {"Model": "C270", "Id": "/base/axi/pcie@120000/rp1/usb@200000-1:1.0-046d:0825"}
    monkeypatch.setattr(board, "found", [webcam])
    with pytest.raises(CameraError, match="No camera was found on the board"):
        Picamera2Source().open()


def test_a_board_s_camera_that_comes_later_is_found(
    board: type[BoardCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    """libcamera's list is made once."""
    there = board.found
    manager = SimpleNamespace(reset=lambda: monkeypatch.setattr(board, "found", there))
    monkeypatch.setattr(board, "found", [])
    monkeypatch.setattr(board, "_cm", manager, raising=False)
    source = Picamera2Source(320, 240, 10)
    source.open()
    assert source.read().shape == (240, 320, 3)
    source.close()


def test_who_holds_the_board_s_camera_is_said(
    board: type[BoardCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "trouble", RuntimeError("Camera __init__ sequence did not complete."))
    monkeypatch.setattr("earsight.system.device_users.device_users", lambda _devices: ["rpicam-hello (812)"])
    with pytest.raises(CameraError, match=r"rpicam-hello \(812\)"):
        Picamera2Source().open()


def test_the_module_named_like_the_library_does_not_hide_it() -> None:
    found = importlib.util.find_spec("picamera2")  # what `import picamera2` would take
    assert found is None or "earsight" not in Path(str(found.origin)).parts
