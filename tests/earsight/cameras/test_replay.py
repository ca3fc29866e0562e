import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from earsight import cli
from earsight.cameras.camera import Camera
from earsight.cameras.replay import ReplaySource, demo_photos
from earsight.cameras.source import CameraError


def photo(path: Path, level: int) -> Path:
    Image.new("RGB", (32, 24), (level, level, level)).save(path)
    return path


def levels(source: ReplaySource, count: int) -> list[int]:
    return [int(source.read()[0, 0, 0]) for _ in range(count)]


def test_one_photo_stays_and_is_paced(tmp_path: Path) -> None:
    source = ReplaySource(photo(tmp_path / "a.png", 10), interval=0.1)
    source.open()
    began = time.monotonic()
    assert levels(source, 4) == [10] * 4
    assert time.monotonic() - began >= 0.29  # the first at once, then ten a second
    source.close()
    source.close()


def test_a_folder_in_order_each_for_its_interval_and_round_again(tmp_path: Path) -> None:
    for name, level in (("b.png", 20), ("a.png", 10)):
        photo(tmp_path / name, level)
    (tmp_path / "notes.txt").write_text("no photo")
    source = ReplaySource(tmp_path, interval=0.2)
    source.open()
    assert levels(source, 6) == [10, 10, 20, 20, 10, 10]


def test_files_that_are_left_out_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("1.heic", "2.HEIC", "3.dng", "4.mp4", "notes.txt", ".hidden"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(CameraError, match=r"other files are 1\.heic, 2\.HEIC, 3\.dng and 2 more"):
        ReplaySource(tmp_path).open()
    photo(tmp_path / "a.png", 10)
    ReplaySource(tmp_path).open()
    assert "are not those of photos: 1.heic, 2.HEIC, 3.dng and 2 more" in caplog.text


def test_without_loop_the_last_photo_stays(tmp_path: Path) -> None:
    photos = [photo(tmp_path / f"{level}.png", level) for level in (10, 20)]
    broken = tmp_path / "x.png"
    broken.write_bytes(b"no")
    for listed in (photos, [*photos, broken]):
        source = ReplaySource(listed, interval=0.1, loop=False)
        source.open()
        assert levels(source, 4) == [10, 20, 20, 20]


@pytest.mark.parametrize("broken", ["a.jpg", "c.jpg", "z.jpg"])
def test_broken_photos_in_a_folder_are_left_out_with_a_word(
    tmp_path: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    photo(tmp_path / "b.png", 20)
    photo(tmp_path / "d.png", 40)
    (tmp_path / broken).write_bytes(b"no photo")
    source = ReplaySource(tmp_path, interval=0.1)
    source.open()
    assert levels(source, 5) == [20, 40, 20, 40, 20]
    assert len([record for record in caplog.records if broken in record.getMessage()]) == 1


def test_nothing_to_show(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "x.jpg").write_bytes(b"")
    for path, why in (
        (tmp_path / "gone.jpg", "gone.jpg is not there"),
        (tmp_path / "empty", "contains no photos"),
        (tmp_path / "broken", "x.jpg is empty"),
        (tmp_path / "gone.mp4", "no video"),
    ):
        source = ReplaySource(path)
        with pytest.raises(CameraError, match=why) as caught:
            source.open()
        assert "\n" not in str(caught.value)
        source.close()


def test_the_camera_shows_replayed_photos(tmp_path: Path) -> None:
    camera = Camera(ReplaySource(photo(tmp_path / "a.png", 10)))
    camera.start()
    assert camera.wait_ready(10.0)
    frame = camera.recent(1.0)[-1]
    camera.close()
    assert frame.pixels.shape == (24, 32, 3)
    assert not frame.pixels.flags.writeable  # it is handed out again and again


def video(path: Path, levels_: list[int], fps: float) -> Path:
    cv2 = pytest.importorskip("cv2")
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (64, 48))
    for level in levels_:
        writer.write(np.full((48, 64, 3), (0, 0, level), np.uint8))  # red, in OpenCV's order
    writer.release()
    return path


@pytest.mark.parametrize("loop", [True, False])
def test_a_video_at_its_own_rate_in_the_right_colours(tmp_path: Path, loop: bool) -> None:
    source = ReplaySource(video(tmp_path / "v.avi", [50, 150, 250], 20.0), loop=loop)
    source.open()
    began = time.monotonic()
    pictures = [source.read() for _ in range(5)]
    assert time.monotonic() - began >= 0.19
    source.close()
    reds = [int(picture[24, 32, 0]) for picture in pictures]
    expected = [50, 150, 250, *([50, 150] if loop else [250, 250])]
    assert np.abs(np.subtract(reds, expected)).max() <= 15
    assert max(int(picture[..., 2].max()) for picture in pictures) <= 40


def test_a_broken_video(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"no video" * 100)
    program = (
        "import sys; from earsight.cameras.replay import ReplaySource, CameraError\n"
        "try: ReplaySource(sys.argv[1]).open()\n"
        "except CameraError as error: print(error)"
    )
    command = [sys.executable, "-c", program, str(path)]  # a new process: what it prints first counts too
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "broken.mp4 can't be read" in done.stdout
    assert done.stderr == ""  # OpenCV and FFmpeg keep their own words to themselves


def test_demo_photos_are_real_files_in_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("skimage")
    photos = demo_photos()
    assert len(photos) == 3
    assert all(path.is_file() for path in photos)
    monkeypatch.setattr("earsight.cameras.replay.find_spec", lambda _name: None)
    with pytest.raises(CameraError, match="pip install scikit-image"):
        demo_photos()


def test_demo_photos_are_named_as_they_are_shown_and_ones_own_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("skimage")
    caplog.set_level("INFO")
    own = ReplaySource(photo(tmp_path / "a.png", 10), interval=0.1)
    own.open()
    own.read()
    assert caplog.messages == []
    source = ReplaySource(None, interval=0.1)
    source.open()
    names = [f"demo photo: {path.name}" for path in demo_photos()]
    for count in range(1, len(names) + 1):
        source.read()
        assert caplog.messages == names[:count]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", {"motorcycle_left": "motorcycle", "coffee": "cup", "chelsea": "cat"}),
        ("id", {"motorcycle_left": "sepeda motor", "coffee": "cangkir", "chelsea": "kucing"}),
    ],
)
def test_the_built_in_model_describes_the_demo_photos(
    language: str, said: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("skimage")
    photos = demo_photos()
    assert cli.main(["describe", "--language", language, *map(str, photos)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(photos)
    for photo_, line in zip(photos, lines, strict=True):
        assert said[photo_.stem] in line.removeprefix(f"{photo_}: ").lower()
