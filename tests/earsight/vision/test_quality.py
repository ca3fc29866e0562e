import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageFilter

from earsight.cameras.photos import load_photo
from earsight.scene import Frame, Problem
from earsight.vision.quality import QualityLimits, assess, sharpness
from tests.photo_examples import real_photos

LIMITS = QualityLimits()
PHOTOS = real_photos()


def judged(pixels: np.ndarray) -> Problem | None:
    return assess(Frame(pixels, 0.0), LIMITS)


def noisy(pixels: np.ndarray, level: float = 3.0) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, level, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def lit(pixels: np.ndarray, gain: float) -> np.ndarray:
    return noisy(255 * ((pixels / 255.0) ** 2.2 * gain) ** (1 / 2.2))


def blurred(pixels: np.ndarray, share: float) -> np.ndarray:
    """share: of the shorter side, the blur's sigma; 3 px of the model's 224 are 0.0134."""
    picture = Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(share * min(pixels.shape[:2])))
    return noisy(np.asarray(picture), 2.0)


def shaken(pixels: np.ndarray, share: float, across: bool) -> np.ndarray:
    length = round(share * min(pixels.shape[:2]))
    total = sum(np.roll(pixels, step, axis=int(across)).astype(np.uint32) for step in range(length))
    return noisy(total / length, 2.0)


@pytest.fixture(params=PHOTOS, ids=lambda path: path.stem)
def photo(request: pytest.FixtureRequest) -> np.ndarray:
    path: Path = request.param
    return load_photo(path)


def test_real_photos_pass_at_any_size(photo: np.ndarray) -> None:
    for size in ((1280, 720), (640, 480), (224, 224)):
        assert judged(np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.BOX))) is None


def test_real_photos_damaged(photo: np.ndarray) -> None:
    assert judged(lit(photo, 1 / 128)) is Problem.DARK
    assert judged(blurred(photo, 0.018)) is Problem.BLURRED
    assert judged(shaken(photo, 0.14, across=False)) is Problem.BLURRED
    assert judged(shaken(photo, 0.14, across=True)) is Problem.BLURRED


def test_sharpness_falls_with_blur(photo: np.ndarray) -> None:
    values = [sharpness(photo), *(sharpness(blurred(photo, share)) for share in (0.005, 0.01, 0.02))]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("level", "problem"),
    [(0, Problem.DARK), (30, Problem.DARK), (130, Problem.PLAIN), (255, Problem.OVEREXPOSED)],
)
@pytest.mark.parametrize("noise", [0.0, 6.0])
def test_one_colour(level: int, problem: Problem, noise: float) -> None:
    plain = np.full((480, 640, 3), level, np.uint8)
    assert judged(noisy(plain, noise) if level < 255 else plain) is problem


PAINT = {
    "grey": (128, 128, 128),
    "white": (225, 225, 220),
    "cream in warm light": (222, 200, 168),
    "yellow": (215, 190, 90),
    "green": (150, 185, 150),
    "blue": (110, 140, 190),
    "dark grey": (70, 70, 72),
}


@pytest.mark.parametrize("colour", PAINT.values(), ids=PAINT)
@pytest.mark.parametrize("shade", [0.0, 12.0])
def test_a_plain_wall_is_not_called_covered(colour: tuple[int, int, int], shade: float) -> None:
    light = np.linspace(-shade, shade, 640)[None, :, None]
    wall = np.broadcast_to(np.array(colour) + light, (480, 640, 3))
    assert judged(noisy(wall, 4.0)) is Problem.PLAIN


def test_a_finger_with_light_behind_it() -> None:
    glow = np.linspace(90, 115, 640)[None, :, None] * np.array([1.2, 0.85, 0.75])
    assert judged(noisy(np.broadcast_to(glow, (480, 640, 3)), 5.0)) is Problem.COVERED


def test_a_dim_picture_is_not_called_blurred_for_its_weak_edges() -> None:
    photo = load_photo(PHOTOS[1])
    assert judged(lit(photo, 1 / 8)) is None


def test_the_limits_are_used() -> None:
    frame = Frame(load_photo(PHOTOS[0]), 0.0)
    assert assess(frame, QualityLimits(dark=300.0)) is Problem.DARK
    assert assess(frame, QualityLimits(overexposed=-1.0)) is Problem.OVEREXPOSED
    assert assess(frame, QualityLimits(covered=300.0)) in (Problem.COVERED, Problem.PLAIN)
    assert assess(frame, QualityLimits(blurred=1000.0)) is Problem.BLURRED


def test_a_turned_view_is_judged_alike() -> None:
    photo = load_photo(PHOTOS[0])
    turned = np.rot90(photo)
    assert not turned.flags.c_contiguous
    assert sharpness(turned) == pytest.approx(sharpness(photo), rel=0.15)


@settings(max_examples=50, deadline=None)
@given(
    arrays.arrays(
        np.uint8,
        st.tuples(st.integers(3, 200), st.integers(3, 200), st.just(3)),
        elements=st.integers(0, 255),
    )
)
def test_any_picture_gets_an_answer(pixels: np.ndarray) -> None:
    assert judged(pixels) in (*Problem, None)
    assert 0.0 <= sharpness(pixels) <= 510.0


def test_a_large_frame_costs_little() -> None:
    frame = Frame(np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), dtype=np.uint8), 0.0)
    times = []
    for _ in range(20):
        began = time.perf_counter()
        assess(frame, LIMITS)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.05  # 2 ms on two x86-64 cores; work on every pixel would take far longer
