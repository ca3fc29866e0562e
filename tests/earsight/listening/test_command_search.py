"""Which of some sentences a sound is, with the real network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earsight.actions import ACTIONS
from earsight.listening import speech_model
from earsight.listening.command_search import CommandSearch
from earsight.listening.grammar import Grammar
from earsight.listening.speech_model import ModelMissingError, SpeechModel, model_folder
from earsight.listening.tokens import Tokens
from earsight.voice import riff
from tests.earsight.listening.said import needs_recogniser, needs_speech, recording

pytestmark = needs_recogniser

FEW = {"find the door": 0, "find a door": 0, "find the dog": 1, "stop": 2}


@pytest.fixture(scope="module")
def model() -> SpeechModel:
    return SpeechModel(model_folder())


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(model_folder() / "tokenizer.bin")


def said(folder: Path, text: str) -> np.ndarray:
    return riff.parse(recording(folder, text).read_bytes()).samples.astype(np.float32) / 32768


@needs_speech
def test_a_command_is_about_as_likely_as_the_likeliest_text(
    tmp_path: Path, model: SpeechModel, tokens: Tokens
) -> None:
    found = CommandSearch(model, tokens, FEW).find(said(tmp_path, "find the door"))
    assert found["text"] == "find the door"
    assert found["command"] > found["free"] - 2
    assert found["rival"] < found["command"] - 2
    assert -2 < found["ends"] <= 0
    other = CommandSearch(model, tokens, FEW).find(said(tmp_path, "my neighbour gave us lovely tomatoes"))
    assert other["command"] < other["free"] - 8


@needs_speech
def test_sentences_that_mean_the_same_count_together(
    tmp_path: Path, model: SpeechModel, tokens: Tokens
) -> None:
    sound = said(tmp_path, "find the door")
    alone = CommandSearch(model, tokens, {"find the door": 0}).find(sound)
    together = CommandSearch(model, tokens, FEW).find(sound)
    apart = CommandSearch(model, tokens, dict.fromkeys(FEW, 0) | {"find a door": 1}).find(sound)
    assert together["command"] > alone["command"]
    assert alone["rival"] == -np.inf
    assert apart["rival"] > together["rival"], "a door is a rival of the door where it means something else"


@needs_speech
def test_the_beginning_of_a_sentence_does_not_end_there(
    tmp_path: Path, model: SpeechModel, tokens: Tokens
) -> None:
    search = CommandSearch(model, tokens, {"find the door": 0})
    whole = search.find(said(tmp_path, "find the door"))
    begun = search.find(said(tmp_path, "find the door of the big red house over there"))
    assert begun["ends"] < whole["ends"] - 1


@pytest.mark.parametrize("level", [0.0, 0.3])
def test_silence_and_noise_are_nothing(level: float, model: SpeechModel, tokens: Tokens) -> None:
    noise = np.random.default_rng(1).normal(0, 1, 8000).clip(-3, 3).astype(np.float32) * level / 3
    found = CommandSearch(model, tokens, FEW).find(noise)
    assert not found["text"] or found["command"] < -6


def test_every_command_can_be_written(tokens: Tokens, model: SpeechModel) -> None:
    meanings = Grammar(ACTIONS).meanings
    CommandSearch(model, tokens, meanings)
    for sentence in meanings:
        assert tokens.encode(sentence)


def test_a_package_that_is_missing_or_brings_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech_model, "_PACKAGE", "package_without_weights")
    with pytest.raises(ModelMissingError, match="no package"):
        model_folder()
    (tmp_path / "package_without_weights").mkdir()
    (tmp_path / "package_without_weights" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelMissingError, match="brings no model"):
        model_folder()
