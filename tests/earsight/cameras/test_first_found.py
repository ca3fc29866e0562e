import pytest

from earsight.cameras.first_found import FirstFound
from earsight.cameras.source import CameraError
from tests.earsight.stand_ins import Scene, painted, unplugged


def test_the_first_that_opens_is_taken_and_looked_for_again_each_time():
    broken, good = Scene(unplugged()), Scene(painted("red"))
    found = []
    source = FirstFound(lambda: found)
    with pytest.raises(CameraError, match="No camera was found"):
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
