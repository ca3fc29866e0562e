import pytest

from earsight.cameras.first_found import FirstFound
from earsight.cameras.opencv import OpenCvSource
from earsight.cameras.replay import ReplaySource
from earsight.cameras.source import CameraError
from earsight.config.camera import CameraSection
from earsight.service import builders
from tests.earsight.stand_ins import Scene, painted, unplugged


def test_the_first_that_opens_is_taken_and_looked_for_again_each_time():
    broken, good = Scene(unplugged()), Scene(painted("red"))
    found = []
    source = FirstFound(lambda: found)
    with pytest.raises(CameraError, match="No camera is found"):
        source.open()
    source.close()
    found[:] = [broken]
    with pytest.raises(CameraError, match="unplugged"):
        source.open()
    found[:] = [broken, good]
    source.open()
    assert source.read() is good.picture
    source.close()
    source.close()


def test_a_library_that_fails_in_an_unforeseen_way_hides_no_other_camera(caplog):
    clash = ValueError("numpy dtype size changed, may indicate\nbinary incompatibility")
    broken, good = Scene(clash), Scene(painted("red"))
    source = FirstFound(lambda: [broken, good])
    for _ in range(3):
        source.open()
        assert source.read() is good.picture
        source.close()
    assert len(caplog.records) == 1, "it is tried every other second"
    with pytest.raises(CameraError, match="ValueError: numpy"):
        FirstFound(lambda: [broken]).open()


@pytest.fixture
def board(monkeypatch):
    """A machine without picamera2; /dev/video7 is there when its name is in the list."""
    webcams = []
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setattr(builders, "find_spec", lambda _name: None)
    monkeypatch.setattr(builders, "find_webcam", lambda: webcams[0] if webcams else None)
    return webcams


def test_a_service_never_passes_photos_for_what_is_in_front(board, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    source = builders.build_source(CameraSection())
    assert isinstance(source, FirstFound)
    with pytest.raises(CameraError, match="No camera is found"):
        source.open()
    board.append("/dev/video7")
    with pytest.raises(CameraError, match="/dev/video7"):  # it is looked for now
        source.open()


@pytest.mark.usefixtures("board")
def test_at_a_terminal_photos_are_shown_where_there_is_no_camera():
    assert isinstance(builders.build_source(CameraSection()), ReplaySource)


def test_a_camera_that_goes_is_not_replaced_by_photos_at_a_terminal_either(board):
    board.append("/dev/video7")
    source = builders.build_source(CameraSection())
    board.clear()
    with pytest.raises(CameraError, match="No camera is found"):
        source.open()


def test_a_webcam_that_comes_back_as_another_number_is_found(board):
    source = builders.build_source(CameraSection(source="opencv"))
    for webcam in ("/dev/video250", "/dev/video251"):
        board[:] = [webcam]
        with pytest.raises(CameraError, match=webcam):
            source.open()
    board.clear()
    with pytest.raises(CameraError, match="/dev/video0"):
        source.open()


@pytest.mark.parametrize("device", [0, "/dev/video7"])
@pytest.mark.usefixtures("board")
def test_a_camera_that_is_named_is_the_only_one(device):
    assert isinstance(builders.build_source(CameraSection(source="opencv", device=device)), OpenCvSource)
