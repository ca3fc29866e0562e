import numpy as np
import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.augment import random_box
from earsight_training.learning.teacher import (
    MobileNet,
    Projection,
    TeacherError,
    compute_views,
    crop,
    load_views,
    random_boxes,
)


def test_boxes_lie_in_the_photo_and_the_first_is_the_whole():
    boxes = random_boxes(200, 6, seed=4)
    assert boxes.shape == (200, 6, 4)
    assert boxes.dtype == np.float32
    assert (boxes[:, 0] == (0, 0, 1, 1)).all()
    left, top, right, bottom = np.moveaxis(boxes[:, 1:], -1, 0)
    assert min(left.min(), top.min()) >= 0
    assert max(right.max(), bottom.max()) <= 1
    area, ratio = (right - left) * (bottom - top), (right - left) / (bottom - top)
    assert area.min() >= 0.33
    assert 0.74 < ratio.min() < 0.78
    assert 1.28 < ratio.max() < 1.35
    assert (boxes == random_boxes(200, 6, seed=4)).all()
    assert (boxes[:, 1:] != random_boxes(200, 6, seed=5)[:, 1:]).any()


def test_a_single_box_keeps_about_the_least_area():
    boxes = np.array([random_box(np.random.default_rng(seed), 0.6) for seed in range(300)])
    left, top, right, bottom = boxes.T
    assert boxes.min() >= 0
    assert boxes.max() <= 1
    area = (right - left) * (bottom - top)
    assert 0.55 < area.min() < 0.65
    assert area.max() > 0.9


def test_crop_is_the_part_within_the_box():
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[20:, 40:] = 0, 200, 0
    lower_right = crop(picture, np.array([0.5, 0.5, 1, 1]), 16)
    assert (lower_right[1:, 1:] == (0, 200, 0)).all(), "but for the edge, which blends with what is beyond"
    assert (crop(picture, np.array([0, 0, 0.5, 0.5]), 16)[:-1, :-1] == 0).all()
    assert crop(picture, np.array([0, 0, 1, 1]), 7).shape == (7, 7, 3)


def test_projection_keeps_what_varies_with_a_mean_variance_of_one():
    rng = np.random.default_rng(2)
    hidden = rng.normal(size=(3000, 2)) * (9, 4)
    directions = np.linalg.qr(rng.normal(size=(12, 2)))[0]
    samples = (hidden @ directions.T + 5 + 0.01 * rng.normal(size=(3000, 12))).astype(np.float32)
    projected = Projection.fit(samples, 2)(samples)
    assert projected.shape == (3000, 2)
    np.testing.assert_allclose(projected.mean(0), 0, atol=1e-3)
    assert projected.var(0).mean() == pytest.approx(1, rel=1e-3)
    rebuilt = np.linalg.lstsq(projected, hidden - hidden.mean(0), rcond=None)
    assert rebuilt[1].sum() < 0.01 * 3000, "both directions are in the components"


def test_views_are_written_whole_and_read_back(tmp_path, squares, colour_teacher):
    pixels = squares[0][:10]
    compute_views(colour_teacher, pixels, tmp_path, views=3, components=4, seed=1, workers=2)
    views = load_views(tmp_path)
    assert views.maps.shape == (10, 3, 7, 7, 4)
    assert views.maps.dtype == views.scores.dtype == np.float16
    assert views.scores.shape == (10, 3, 1001)
    assert (views.boxes == random_boxes(10, 3, 1)).all()
    for photo, view in ((0, 0), (7, 2)):
        _, logits = colour_teacher()(crop(pixels[photo], views.boxes[photo, view], 224))
        np.testing.assert_array_equal(views.scores[photo, view], logits.astype(np.float16))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["boxes.npy", "maps.npy", "scores.npy"]


def test_an_interrupted_run_over_an_older_one_is_not_taken_for_whole(tmp_path, squares, colour_teacher):
    pixels = squares[0][:10]
    compute_views(colour_teacher, pixels, tmp_path, views=2, components=4, seed=1, workers=1)

    class Tired(colour_teacher):
        left = 14

        def __call__(self, rgb):
            self.left -= 1
            if not self.left:
                raise InterruptedError
            return super().__call__(rgb)

    with pytest.raises(InterruptedError):
        compute_views(Tired, pixels, tmp_path, views=2, components=4, seed=1, workers=1)
    with pytest.raises(FileNotFoundError, match=r"boxes\.npy"):
        load_views(tmp_path)


@pytest.mark.parametrize("content", [None, b"not a network"], ids=["missing", "text"])
def test_a_file_that_is_no_network_is_refused_in_one_line(tmp_path, content):
    pytest.importorskip("ai_edge_litert", reason="the teacher runs on x86-64 only")
    path = tmp_path / "teacher.tflite"
    if content:
        path.write_bytes(content)
    with pytest.raises(TeacherError, match=r"teacher\.tflite") as refused:
        MobileNet(path)
    assert "\n" not in str(refused.value)
