"""A world small enough to learn in seconds: one coloured square on grey, to the left or to the right."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PIL import Image

COLOURS = {"red": (220, 30, 30), "green": (30, 200, 40), "blue": (40, 60, 220), "yellow": (230, 220, 40)}
SIDE = 64

RECIPE = """
name: squares
licence: none, made up
seed: 3
data: {train: [train], validation: [val], side: 64}
encoder: {kind: conv, widths: [8, 16, 24, 32], depths: [1, 1, 1, 1]}
distill:
  views: 2
  components: 6
  stages: [{side: 32, epochs: 1}, {side: 64, epochs: 2}]
  batch: 8
mapper: {kind: cells}
decoder: {kind: own, vocabulary: 330, width: 32, layers: 1, heads: 2, dropout: 0.1}
captions: {epochs: 3, batch: 8, longest: 12, photos: {side: 64, frozen_epochs: 1}}
"""


def square(colour: str, side: str, rng: np.random.Generator) -> np.ndarray:
    """uint8 (SIDE, SIDE, 3)."""
    picture = np.full((SIDE, SIDE, 3), 120, np.uint8)
    left = int(rng.integers(2, 6)) + (SIDE // 2 if side == "right" else 0)
    top = int(rng.integers(4, SIDE - 30))
    picture[top : top + 24, left : left + 24] = COLOURS[colour]
    return picture


def square_captions(colour: str, side: str) -> tuple[str, str]:
    return f"A {colour} square on the {side} .", f"a {colour} square"


class ColourTeacher:
    """What a teacher network would see here: mean colours by cell, and the colours there are as classes."""

    def __call__(self, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cells = rgb.reshape(7, 32, 7, 32, 3).mean((1, 3)).reshape(49, 3) / 255
        logits = np.zeros(1001, np.float32)
        logits[: len(COLOURS)] = [
            -np.abs(cells * 255 - colour).sum(1).min() / 50 for colour in COLOURS.values()
        ]
        return np.concatenate([cells, cells**2, np.sin(3 * cells)], 1).astype(np.float32), logits


@pytest.fixture
def squares():
    """pixels, uint8 (photos, SIDE, SIDE, 3), and the captions of each: 48 photos of every kind of square."""
    rng = np.random.default_rng(11)
    kinds = [(colour, side) for colour in COLOURS for side in ("left", "right")] * 6
    return np.stack([square(*kind, rng) for kind in kinds]), [square_captions(*kind) for kind in kinds]


@pytest.fixture
def data(tmp_path, squares):
    """The squares as a folder with captions.csv and images/: 40 to train on, 8 to validate."""
    folder = tmp_path / "data"
    (folder / "images").mkdir(parents=True)
    with (folder / "captions.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["image", "caption", "split"])
        for index, (pixels, captions) in enumerate(zip(*squares, strict=True)):
            name = f"{index:03}.png"
            Image.fromarray(pixels).save(folder / "images" / name)
            rows.writerows([name, caption, "val" if index >= 40 else "train"] for caption in captions)
    return folder


@pytest.fixture
def recipe_file(tmp_path):
    path = tmp_path / "squares.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def seeing_bundle(tmp_path_factory):
    """A small bundle that captions badly, whose encoder puts out the 49 cells that a place head reads."""
    import torch

    from earsight_training.bundles.writer import write_bundle
    from earsight_training.data.tokens import clean_caption, own_vocabulary
    from earsight_training.model_factory import build_model, build_own_decoder, prefix_length
    from earsight_training.recipe import load_recipe
    from earsight_training.trained_captioner import TrainedCaptioner

    folder = tmp_path_factory.mktemp("seeing")
    (folder / "recipe.yaml").write_text(RECIPE.replace("side: 64", "side: 224"), encoding="utf-8")
    recipe = load_recipe(folder / "recipe.yaml")
    texts = [clean_caption(text) for colour in COLOURS for text in square_captions(colour, "left")]
    vocabulary = own_vocabulary(texts, 330)
    torch.manual_seed(2)
    size = vocabulary.tokenizer.get_vocab_size()
    decoder = build_own_decoder(recipe.decoder, size, prefix_length(recipe) + recipe.captions.longest)
    model = build_model(recipe, 0, decoder).eval()
    captioner = TrainedCaptioner(recipe, model, vocabulary, torch.zeros(recipe.encoder.widths[-1]))
    noise = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3), np.uint8)
    write_bundle(folder / "bundle", captioner, "float32", "# Seeing\n\nA card.\n", list(noise))
    return folder / "bundle"


@pytest.fixture
def colour_teacher():
    return ColourTeacher


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Sums of floats in one order, so that results can be compared bit for bit; and small ones are faster."""
    torch = pytest.importorskip("torch", reason="torch comes with the train extra")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def java_that(monkeypatch, tmp_path):
    """Puts a program called java on the path that does what a shell script says."""

    def install(script: str) -> None:
        program = tmp_path / "bin" / "java"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")

    return install
