"""A walk in replay takes no time, and is measured by its labels."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.walk import Said, measure, walk
from earsight.config.schema import Config
from earsight.language.languages import load_language
from earsight.message import message
from earsight.service.builders import build_policy
from earsight.vision.describer import Describer
from earsight_training.data.labels import PhotoLabels
from tests.earsight.stand_ins import ColourCaptioner, photo


def labelled(path: Path, *present: str) -> PhotoLabels:
    return PhotoLabels(path, frozenset({"person", "dog", "car"}), frozenset(present), {}, {})


def test_narration_tells_each_scene_of_a_walk_once(tmp_path: Path) -> None:
    config = Config.model_validate({"narration": {"every": 5}})
    photos = [labelled(photo(tmp_path, colour)) for colour in ("red", "green")]
    passed: list[float] = []
    real = time.monotonic
    said = walk(photos, Describer(ColourCaptioner()), build_policy(config), config, 10, passed.append)
    assert time.monotonic is real
    assert [each.text for each in said] == ["A red wall.", "A green wall."]
    assert [each.photo.path.stem for each in said] == ["red", "green"]
    assert [each.at for each in said] == pytest.approx([0, 300], abs=0.5)
    assert sum(passed) == pytest.approx(595, abs=5)


def said_at(*utterances: tuple[float, str, tuple[str, ...]]) -> list[Said]:
    return [Said(at, text, labelled(Path("a.jpg"), *present)) for at, text, present in utterances]


def test_what_is_measured() -> None:
    language = load_language("en")
    gone = language.text(message("narration.gone", things="a dog"))
    said = said_at(
        (0, "A dog on the left, a tree.", ("dog",)),
        (30, "A dog on the left.", ("dog", "person")),
        (50, "A dog on the right.", ("person",)),
        (70, gone, ("person",)),
        (90, gone, ("dog",)),
        (200, "A dog on the left.", ("dog",)),
    )
    found = measure(said, 4, language)
    assert (found.utterances, found.repeated, found.judged) == (6, 1, 6)
    assert found.words_a_minute == (7 + 5 + 5 + 3 + 3 + 5) / 4
    assert found.most_words == 7 + 5 + 5
    assert found.new == pytest.approx(6 / 7)  # at 30 s it is the same dog
    assert found.true == pytest.approx(4 / 6)  # at 50 s it is not there, at 90 s it is not gone
    assert found.wrong == pytest.approx(2 / 6)


def test_silence_is_measured_too() -> None:
    found = measure([], 10, load_language("id"))
    assert (found.utterances, found.words_a_minute, found.true) == (0, 0, 0)
