import io
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from earsight_files.photos import MIN_SIDE, SHORT_SIDE, PhotoFileError, read_photo
from tests import photo_examples
from tests.earsight_files.pictures import BLUE, GREEN, RED, WHITE, quarters, refusal
from tests.photo_examples import write


def assert_quarters(pixels: np.ndarray, tolerance: int = 12) -> None:
    height, width = pixels.shape[:2]
    found = [pixels[y * height // 4, x * width // 4].astype(int) for y in (1, 3) for x in (1, 3)]
    assert np.abs(np.array(found) - [RED, GREEN, BLUE, WHITE]).max() <= tolerance, found


def stretched(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header claims another size."""
    frame = next(i for i in range(len(data)) if data[i : i + 2] in (b"\xff\xc0", b"\xff\xc2"))
    return data[: frame + 5] + struct.pack(">HH", height, width) + data[frame + 9 :]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "gif", "tif"])
def test_every_format_gives_the_same_picture(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"photo.{suffix}"
    quarters().save(path)
    pixels = read_photo(path)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (48, 64, 3)
    assert pixels.flags.writeable
    assert_quarters(pixels, 40 if suffix == "webp" else 12)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_sideways_photos_are_set_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that turns upright into stored
    stored = quarters() if orientation == 1 else quarters().transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"photo.{suffix}"
    stored.save(path, exif=exif)
    pixels = read_photo(path)
    assert pixels.shape == (48, 64, 3)
    assert_quarters(pixels, 40)


@pytest.mark.parametrize("exif", [b"Exif\0\0II*\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0rubbish" * 5])
def test_broken_exif_does_not_refuse_the_photo(tmp_path: Path, exif: bytes) -> None:
    path = tmp_path / "photo.jpg"
    quarters().save(path, exif=exif)
    assert_quarters(read_photo(path))


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path, suffix: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (32, 1))
    path = tmp_path / f"grey16.{suffix}"
    Image.fromarray(ramp).save(path)
    pixels = read_photo(path)
    assert np.abs(pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


@pytest.mark.parametrize(
    ("dtype", "largest", "middle"),
    [
        (np.int32, 65535, 128),
        (np.int32, 2**31 - 1, 128),
        (np.uint32, 65535, 128),
        (np.uint32, 2**31 + 2, 64),
        (np.uint32, 2**32 - 1, 128),
        (np.float32, 1.0, 128),
        (np.float32, 255.0, 128),
    ],
)
def test_wide_grey_tiff(tmp_path: Path, dtype: type, largest: float, middle: int) -> None:
    ramp = photo_examples.ramp(largest, dtype, (257, 32))
    path = write(tmp_path, "wide.tif", photo_examples.grey_tiff(ramp))
    pixels = read_photo(path)
    assert pixels[0, 0, 0] == 0
    assert abs(int(pixels[0, 128, 0]) - middle) <= 1
    assert abs(int(pixels[0, -1, 0]) - 2 * middle) <= 2


def test_a_large_wide_grey_photo_is_averaged_rightly(tmp_path: Path) -> None:
    values = np.full((1500, 1500), 2**31 + 2**30, np.uint32)
    values[::2] = 2**30
    values[0, 0] = 2**32 - 1
    pixels = read_photo(write(tmp_path, "large.tif", photo_examples.grey_tiff(values)))
    assert pixels.shape == (750, 750, 3)
    assert abs(int(pixels[9, 9, 0]) - 127) <= 1


def test_where_white_is_zero(tmp_path: Path) -> None:
    ramp = photo_examples.ramp(65535, np.uint16)
    pixels = read_photo(write(tmp_path, "negative.tif", photo_examples.grey_tiff(ramp, t262=0)))
    assert (pixels[0, 0, 0], pixels[0, -1, 0]) == (255, 0)


def test_a_few_highlights_beyond_1_are_white(tmp_path: Path) -> None:
    values = np.full((64, 64), 0.5, np.float32)
    values[:2, :16] = 1.7
    pixels = read_photo(write(tmp_path, "bright.tif", photo_examples.grey_tiff(values)))
    assert (pixels[9, 9, 0], pixels[0, 0, 0]) == (127, 255)


def test_float_tiff_with_holes_is_read(tmp_path: Path) -> None:
    values = np.full((32, 32), 0.5, np.float32)
    values[0, :3] = np.nan, np.inf, -np.inf
    Image.fromarray(values).save(tmp_path / "holes.tif")
    assert read_photo(tmp_path / "holes.tif")[5, 5].tolist() == [127, 127, 127]


@pytest.mark.parametrize("mode", ["L", "LA", "1", "P"])
def test_grey_and_palette_modes(tmp_path: Path, mode: str) -> None:
    picture = Image.new("L", (32, 32), 0)
    picture.paste(255, (16, 0, 32, 32))
    path = tmp_path / "photo.png"
    picture.convert(mode).save(path)
    pixels = read_photo(path)
    assert pixels[5, 5].tolist() == [0, 0, 0]
    assert pixels[5, 25].tolist() == [255, 255, 255]


def test_cmyk_jpeg_has_the_right_colours(tmp_path: Path) -> None:
    path = tmp_path / "cmyk.jpg"
    quarters().convert("CMYK").save(path, quality=95)
    assert b"Adobe" in path.read_bytes()  # so that its values are stored inverted
    assert_quarters(read_photo(path), 20)


def test_cmyk_tiff(tmp_path: Path) -> None:
    quarters().convert("CMYK").save(tmp_path / "cmyk.tif")
    assert_quarters(read_photo(tmp_path / "cmyk.tif"))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_are_grey_and_hide_neither_black_nor_white(tmp_path: Path, mode: str) -> None:
    picture = Image.new("RGBA", (48, 32), (255, 255, 255, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 16, 32))
    picture.paste((255, 255, 255, 255), (16, 0, 32, 32))
    path = tmp_path / "photo.png"
    picture.convert(mode).save(path)
    pixels = read_photo(path)
    assert [pixels[9, x].tolist() for x in (8, 24, 40)] == [[0] * 3, [255] * 3, [128] * 3]


def test_a_colour_key_is_transparent(tmp_path: Path) -> None:
    picture = Image.new("RGB", (32, 32), (10, 20, 30))
    picture.save(tmp_path / "key.png", transparency=(10, 20, 30))
    assert read_photo(tmp_path / "key.png")[3, 3].tolist() == [128, 128, 128]


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_the_first_picture_of_an_animation(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"moving.{suffix}"
    quarters().save(path, save_all=True, append_images=[Image.new("RGB", (64, 48))])
    assert_quarters(read_photo(path), 40)


@pytest.mark.parametrize("size", [(1, 1), (MIN_SIDE - 1, 500), (500, MIN_SIDE - 1)])
def test_too_small_to_describe(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "dot.png"
    Image.new("RGB", size).save(path)
    message = refusal(path)
    assert f"{size[0]} x {size[1]}" in message


def test_the_smallest_and_an_elongated_photo(tmp_path: Path) -> None:
    for size in ((MIN_SIDE, MIN_SIDE), (20000, MIN_SIDE)):
        Image.new("RGB", size).save(tmp_path / "photo.png")
        assert read_photo(tmp_path / "photo.png").shape == (size[1], size[0], 3)


def test_big_photos_come_down_to_a_camera_s_size(tmp_path: Path) -> None:
    for suffix in ("jpg", "png"):
        quarters(4000, 3000).save(tmp_path / f"big.{suffix}")
        pixels = read_photo(tmp_path / f"big.{suffix}")
        assert SHORT_SIDE <= pixels.shape[0] < 2 * SHORT_SIDE
        assert abs(pixels.shape[1] / pixels.shape[0] - 4 / 3) < 0.01
        assert_quarters(pixels)


def test_a_hundred_megapixel_jpeg_needs_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    quarters(10000, 10000).save(path)
    program = (
        "import sys; from pathlib import Path; from earsight_files.photos import read_photo;"
        "print(read_photo(Path(sys.argv[1])).shape);"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    shape, peak = done.stdout.splitlines()
    assert shape == "(1250, 1250, 3)"
    assert int(peak) < 200 * 1024
    assert done.stderr == ""


def test_what_must_be_decoded_whole_has_a_lower_limit(tmp_path: Path) -> None:
    Image.new("1", (10000, 10000)).save(tmp_path / "huge.png")
    message = refusal(tmp_path / "huge.png")
    assert "100 megapixels" in message
    assert "PNG" in message
    assert "JPEG" in message  # what to do
    small = io.BytesIO()
    quarters().save(small, "jpeg", progressive=True)
    (tmp_path / "huge.jpg").write_bytes(stretched(small.getvalue(), 10000, 10000))
    assert "progressive" in refusal(tmp_path / "huge.jpg")


def test_a_baseline_jpeg_of_many_scans_must_be_decoded_whole_too(tmp_path: Path) -> None:
    small = io.BytesIO()
    quarters().save(small, "jpeg")
    data = stretched(small.getvalue(), 10000, 10000)
    scan = data.index(b"\xff\xda")
    assert data[scan + 4] == 3
    one_at_a_time = data[: scan + 2] + b"\0\x08\x01\x01\0\0\x3f\0" + data[scan + 14 :]
    (tmp_path / "scans.jpg").write_bytes(one_at_a_time)
    assert "100 megapixels" in refusal(tmp_path / "scans.jpg")


def test_beyond_any_limit(tmp_path: Path) -> None:
    small = io.BytesIO()
    quarters().save(small, "jpeg")
    (tmp_path / "claim.jpg").write_bytes(stretched(small.getvalue(), 65000, 65000))
    assert "4225 megapixels" in refusal(tmp_path / "claim.jpg")
    with (tmp_path / "file.jpg").open("wb") as file:
        file.truncate(2**31)
    assert "2048 MB" in refusal(tmp_path / "file.jpg")


HEADS = [
    b"",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"BM",
    b"RIFF\x20\0\0\0WEBP",
    b"II*\0",
    b"MM\0*",
]


@pytest.mark.parametrize("name", photo_examples.PHOTOS)
def test_examples_that_are_read(tmp_path: Path, name: str) -> None:
    pixels = read_photo(write(tmp_path, name, photo_examples.PHOTOS[name]()))
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3
    assert 40 < pixels.mean() < 215


@settings(max_examples=200, deadline=None)
@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=300))
def test_random_bytes_give_a_photo_error(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "random.jpg"
    path.write_bytes(head + rest)
    refusal(path)


SEEDS = {
    suffix: (lambda file: (quarters(32, 32).save(file, suffix), file.getvalue())[1])(io.BytesIO())
    for suffix in ("jpeg", "png", "gif", "bmp", "webp", "tiff")
}


@settings(max_examples=200, deadline=None)
@given(
    suffix=st.sampled_from(sorted(SEEDS)),
    harm=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_damaged_photos_give_a_photo_or_a_photo_error(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, harm: list[tuple[float, int]]
) -> None:
    data = bytearray(SEEDS[suffix])
    for where, byte in harm:
        data[int(where * len(data))] = byte
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(data)
    try:
        pixels = read_photo(path)
    except PhotoFileError:
        return
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3
