import hashlib
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight_training.data import prefixes  # noqa: E402
from earsight_training.data.examples import random_view  # noqa: E402
from earsight_training.data.prefixes import (  # noqa: E402
    PrefixEncoder,
    PrefixExamples,
    PrefixViews,
    encode_photos,
)
from earsight_training.data.tokens import clean_caption, own_vocabulary  # noqa: E402
from earsight_training.networks.caption_model import PADDING  # noqa: E402
from earsight_training.recipe import PhotoSettings  # noqa: E402

SETTINGS = PhotoSettings(side=64)
LONGEST = 12


class Encoder:
    """Gives the mean colour of the left and of the right half."""

    side, length, width, identity = 64, 2, 3, "halves"

    def __init__(self):
        self.calls = 0

    def __call__(self, rgb):
        self.calls += 1
        return rgb.reshape(64, 2, 32, 3).mean((0, 2)).astype(np.float32)


@pytest.fixture
def vocabulary(squares):
    return own_vocabulary([clean_caption(text) for texts in squares[1] for text in texts], 330)


def test_a_view_is_encoded_once_and_kept(tmp_path, squares):
    encoder, pixels = Encoder(), squares[0][:6]
    view = PrefixViews(encoder, pixels, SETTINGS, 4, tmp_path).view(2)
    assert encoder.calls == 6
    assert view.prefixes.dtype == np.float16
    for index, prefix in enumerate(view.prefixes):
        rgb, mirrored = random_view(pixels[index], SETTINGS, (4002, index))
        np.testing.assert_allclose(prefix, Encoder()(rgb), rtol=1e-3)
        assert mirrored == view.mirrored[index]
    again = PrefixViews(encoder, pixels, SETTINGS, 4, tmp_path).view(2)
    assert encoder.calls == 6
    assert np.array_equal(again.prefixes, view.prefixes)
    assert np.array_equal(again.mirrored, view.mirrored)


def test_what_is_kept_is_of_these_photos_this_encoder_and_these_settings(tmp_path, squares):
    encoder, pixels = Encoder(), squares[0][:3]
    PrefixViews(encoder, pixels, SETTINGS, 4, tmp_path).view(0)
    other = Encoder()
    other.identity = "others"
    for views in (
        PrefixViews(encoder, squares[0][3:6], SETTINGS, 4, tmp_path),
        PrefixViews(encoder, pixels, SETTINGS, 5, tmp_path),
        PrefixViews(encoder, pixels, PhotoSettings(side=64, least_area=0.9), 4, tmp_path),
        PrefixViews(other, pixels, SETTINGS, 4, tmp_path),
    ):
        before = encoder.calls + other.calls
        views.view(0)
        assert encoder.calls + other.calls == before + 3


def test_half_a_view_is_not_taken_for_a_whole_one(tmp_path, squares):
    class Broken(Encoder):
        def __call__(self, rgb):
            if self.calls == 2:
                raise KeyboardInterrupt
            return super().__call__(rgb)

    with pytest.raises(KeyboardInterrupt):
        PrefixViews(Broken(), squares[0][:4], SETTINGS, 1, tmp_path).view(0)
    encoder = Encoder()
    PrefixViews(encoder, squares[0][:4], SETTINGS, 1, tmp_path).view(0)
    assert encoder.calls == 4


def test_views_come_in_turn_and_mirrored_ones_have_mirrored_captions(tmp_path, squares, vocabulary):
    pixels, captions = squares[0][:8], squares[1][:8]
    views = PrefixViews(Encoder(), pixels, SETTINGS, 1, tmp_path)
    examples = PrefixExamples(views, 2, captions, vocabulary, LONGEST)
    assert (len(examples), examples.captions) == (8, 16)
    shown = []
    for seed in (1000, 1001, 1002):
        examples.reseed(seed)
        prefix, tokens = examples[[0, 3]]
        assert prefix.shape == (2, 2, 3)
        shown.append(prefix)
        for row, index in zip(tokens, (0, 3), strict=True):
            text = vocabulary.tokenizer.decode([token for token in row[0].tolist() if token != PADDING])
            side = (
                "left" if ("left" in captions[index][0]) != views.view(seed % 2).mirrored[index] else "right"
            )
            assert text.strip().endswith(side)
    assert torch.equal(shown[0], shown[2])
    assert not torch.equal(shown[0], shown[1])


def test_photos_in_the_order_that_they_are_given_in(squares):
    found = encode_photos(Encoder(), squares[0][:9])
    expected = [Encoder()(rgb) for rgb in squares[0][:9]]
    np.testing.assert_allclose(found, np.stack(expected), rtol=1e-3)


def test_an_encoder_is_known_by_its_files(tmp_path, monkeypatch):
    class Session:
        def __init__(self, path, _options):
            assert path == tmp_path / "encoder.onnx"

        def get_outputs(self):
            return [type("Value", (), {"name": "prefix", "shape": [1, 5, 32]})]

        def get_inputs(self):
            return [type("Value", (), {"name": "pixels", "shape": [1, 64, 64, 3]})]

    monkeypatch.setattr(prefixes.onnxruntime, "InferenceSession", Session)
    found = []
    for weights, decoder in (("a", "x"), ("a", "y"), ("b", "x")):
        files = {"encoder.onnx": "e", "encoder.weights": weights, "decoder.onnx": decoder}
        hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
        (tmp_path / "manifest.json").write_text(json.dumps({"files": hashes}))
        encoder = PrefixEncoder(tmp_path)
        assert (encoder.side, encoder.length, encoder.width) == (64, 5, 32)
        found.append(encoder.identity)
    assert found[0] == found[1] != found[2]
