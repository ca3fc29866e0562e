import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.examples import EmbeddingExamples, PhotoExamples  # noqa: E402
from earsight_training.data.tokens import END_ID, clean_caption, own_vocabulary  # noqa: E402
from earsight_training.networks.caption_model import PADDING  # noqa: E402
from earsight_training.recipe import PhotoSettings  # noqa: E402

LONGEST = 12
SETTINGS = PhotoSettings(side=64)


@pytest.fixture
def vocabulary(squares):
    return own_vocabulary([clean_caption(text) for texts in squares[1] for text in texts], 320)


def texts(vocabulary, tokens):
    return [vocabulary.tokenizer.decode([t for t in row if t != PADDING]).strip() for row in tokens.tolist()]


def test_mirrored_photos_have_mirrored_captions(squares, vocabulary):
    examples = PhotoExamples(*squares, vocabulary, LONGEST, SETTINGS, seed=1)
    seen = set()
    for seed in range(12):
        examples.reseed(seed)
        pixels, tokens = examples[0]
        assert pixels.shape == (64, 64, 3)
        assert tokens.shape == (2, LONGEST)
        # Photo 0 is red on the left. A crop moves it, but never across the middle by more than it is wide.
        red = (pixels[..., 0].float() - pixels[..., 1].float()).clamp_min(0).sum(0)
        middle = float((red * torch.arange(64)).sum() / red.sum())
        side = "right" if middle > 31.5 else "left"
        assert texts(vocabulary, tokens) == [f"a red square on the {side}", "a red square"]
        seen.add(side)
    assert seen == {"left", "right"}


def test_photos_with_less_captions_and_captions_that_are_too_long(vocabulary):
    captions = [("a red square",), ("a red square on the left " * 5, "b", "c")]
    examples = EmbeddingExamples(np.ones((2, 3), np.float32), captions, vocabulary, LONGEST)
    few, long = examples[0][1], examples[1][1]
    assert few.shape == long.shape == (3, LONGEST)
    assert (few[1:] == PADDING).all()
    assert long[0, -1] == END_ID
    assert (long[0] != PADDING).all()
    assert examples.captions == 4


def test_embeddings_keep_their_captions(vocabulary):
    embeddings = np.random.default_rng(1).normal(size=(2, 5)).astype(np.float32)
    examples = EmbeddingExamples(embeddings, [("A red square .",), ("blue",)], vocabulary, LONGEST)
    for index, text in enumerate(("a red square", "blue")):
        embedding, tokens = examples[index]
        assert embedding.numpy().tolist() == embeddings[index].tolist()
        assert texts(vocabulary, tokens) == [text]
