"""From raw scores and boxes to detections, against a plain reading of the definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.detectors.detector import FLOOR
from earsight.detectors.suppression import detections, overlaps
from earsight.scene import Box

ANY_NUMBER = st.floats(width=32, allow_nan=True, allow_infinity=True)
SHARES = st.floats(0, 1, width=32)


def iou(one: Box, other: Box) -> float:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0, width) * max(0, height)
    area = sum((box.right - box.left) * (box.bottom - box.top) for box in (one, other))
    return shared / (area - shared)


def of(scores, boxes, overlap=0.5):
    return detections(np.array(scores, np.float32), np.array(boxes, np.float32), overlap)


LEFT, RIGHT, NEAR_LEFT = (0, 0, 0.4, 1), (0.6, 0, 1, 1), (0.02, 0, 0.42, 1)


def test_each_class_has_its_boxes_best_first():
    found = of([[0.3, 0], [0.1, 0.8]], [LEFT, RIGHT]).found
    assert [(each.kind, pytest.approx(each.score)) for each in found] == [(1, 0.8), (0, 0.3), (0, 0.1)]
    assert found[0].box == found[2].box == Box(*map(float, np.float32(RIGHT)))


def test_of_two_boxes_of_one_thing_the_better_one_is_kept():
    (found,) = of([[0.5], [0.9]], [LEFT, NEAR_LEFT]).found
    assert found.score == pytest.approx(0.9)
    assert found.box.left == pytest.approx(0.02)


def test_boxes_of_different_classes_do_not_suppress_each_other():
    assert len(of([[0.5, 0.6]], [LEFT]).found) == 2


def test_what_is_suppressed_suppresses_nothing():
    """A chain: the second overlaps both others, which don't overlap each other enough."""
    boxes = [(0, 0, 0.5, 1), (0.15, 0, 0.65, 1), (0.3, 0, 0.8, 1)]
    found = of([[0.9], [0.8], [0.7]], boxes, overlap=0.5).found
    assert [each.score for each in found] == pytest.approx([0.9, 0.7])


def test_the_overlap_is_the_manifests():
    assert len(of([[0.5], [0.9]], [LEFT, NEAR_LEFT], overlap=0.95).found) == 2


def test_what_is_below_the_floor_is_only_in_the_best_scores():
    seen = of([[FLOOR / 2, 0.6], [0.01, 0.2]], [LEFT, RIGHT])
    assert {each.kind for each in seen.found} == {1}
    np.testing.assert_allclose(seen.best, [FLOOR / 2, 0.6])


def test_a_box_that_leaves_the_picture_is_cut_off():
    (found,) = of([[0.5]], [(-0.5, -2, 0.5, 7)]).found
    assert found.box == Box(0, 0, 0.5, 1)


@pytest.mark.parametrize(
    "box",
    [
        (np.nan, 0, 1, 1),
        (0, 0, np.inf, 1),
        (0.5, 0, 0.5, 1),
        (0.9, 0, 0.1, 1),
        (1.5, 0, 2, 1),
        (-np.inf, 0, 1, 1),
    ],
)
def test_a_box_that_is_none_is_ignored(box):
    seen = of([[0.9], [0.3]], [box, LEFT])
    assert [each.score for each in seen.found] == pytest.approx([0.3])


@pytest.mark.parametrize("score", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_no_number_is_ignored(score):
    seen = of([[score, 0.2], [0.4, 0.1]], [LEFT, RIGHT])
    assert [each.score for each in seen.found] == pytest.approx([0.4, 0.2, 0.1])
    np.testing.assert_allclose(seen.best, [0.4, 0.2])


def test_without_cells_nothing_is_found():
    seen = detections(np.zeros((0, 3), np.float32), np.zeros((0, 4), np.float32), 0.5)
    assert seen.found == ()
    np.testing.assert_array_equal(seen.best, np.zeros(3))


def test_a_graph_that_sees_everything_everywhere_is_borne():
    seen = of(np.ones((3600, 20)), np.tile(np.float32(LEFT), (3600, 1)))
    assert 0 < len(seen.found) <= 20


def test_overlaps_are_those_of_the_definition():
    corners = np.random.default_rng(3).random((30, 4), np.float32)
    corners = np.concatenate([np.minimum(corners[:, :2], corners[:, 2:]), corners.max() + corners[:, 2:]], 1)
    boxes = [Box(*map(float, each)) for each in corners]
    expected = [[iou(one, other) for other in boxes] for one in boxes]
    np.testing.assert_allclose(overlaps(corners), expected, atol=1e-5)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.lists(SHARES, min_size=2, max_size=2), st.lists(SHARES, min_size=4, max_size=4)),
        max_size=12,
    )
)
def test_it_is_greedy_suppression_of_each_class(cells):
    scores = np.array([row for row, _ in cells], np.float32).reshape(-1, 2)
    boxes = np.array([box for _, box in cells], np.float32).reshape(-1, 4)
    expected = []
    order = sorted(
        ((float(scores[cell, kind]), cell, kind) for cell in range(len(cells)) for kind in range(2)),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    for score, cell, kind in order:
        left, top, right, bottom = map(float, boxes[cell])
        box = Box(left, top, right, bottom)
        if score < np.float32(FLOOR) or left >= right or top >= bottom:
            continue
        if all(other != kind or iou(box, kept) <= 0.5 for _, other, kept in expected):
            expected.append((score, kind, box))
    found = detections(scores, boxes, 0.5).found
    assert [(each.score, each.kind, each.box) for each in found] == expected


@given(
    st.lists(
        st.tuples(st.lists(ANY_NUMBER, min_size=3, max_size=3), st.lists(ANY_NUMBER, min_size=4, max_size=4)),
        max_size=8,
    )
)
def test_whatever_a_graph_gives_detections_are_sound(cells):
    scores = np.array([row for row, _ in cells], np.float32).reshape(-1, 3)
    boxes = np.array([box for _, box in cells], np.float32).reshape(-1, 4)
    seen = detections(scores, boxes, 0.6)
    assert ((seen.best >= 0) & (seen.best <= 1)).all()
    for each in seen.found:
        assert FLOOR <= each.score <= 1
        assert 0 <= each.box.left < each.box.right <= 1
        assert 0 <= each.box.top < each.box.bottom <= 1
