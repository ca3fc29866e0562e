import hashlib
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight.captioners.bundle import open_bundle  # noqa: E402
from earsight.captioners.onnx import OnnxCaptioner  # noqa: E402
from earsight_training.calibration import Calibration  # noqa: E402
from earsight_training.encoders import ConvEncoder  # noqa: E402
from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.export import complete_manifest, mean_embedding, write_bundle  # noqa: E402
from earsight_training.model import CaptionModel  # noqa: E402
from earsight_training.recipe import load_recipe  # noqa: E402
from earsight_training.tokens import END_ID, clean_caption, train_tokenizer  # noqa: E402


@pytest.fixture
def recipe(recipe_file):
    return load_recipe(recipe_file)


@pytest.fixture
def tokenizer(squares):
    return train_tokenizer([clean_caption(text) for texts in squares[1] for text in texts], 330)


@pytest.fixture
def model(recipe, tokenizer):
    torch.manual_seed(2)
    model = CaptionModel(
        ConvEncoder((8, 16, 24, 32), (1,) * 4), tokenizer.get_vocab_size(), 64, recipe.decoder
    )
    for layer in model.modules():  # as after training: photos differ, and what is read decides what is said
        if isinstance(layer, torch.nn.Linear):
            torch.nn.init.normal_(layer.weight, std=0.4)
    torch.nn.init.normal_(model.projection.weight, std=4)
    torch.nn.init.normal_(model.decoder.tokens.weight, std=0.5)
    torch.nn.init.normal_(model.decoder.positions.weight, std=0.5)
    return model.eval()


def write(folder, model, tokenizer, recipe, squares, int8=False):
    mean = mean_embedding(model.encoder, squares[0], batch=10)
    write_bundle(folder, model, tokenizer, recipe, mean, int8=int8, card="# Squares\n")


def greedy(model, image, longest):
    """The likeliest token at each step, with the model itself."""
    logits, cache = model.decoder.read_prefix(model.prefix(image))
    tokens = [int(logits.argmax())]
    while len(tokens) < longest:
        following, cache = model.decoder.read_tokens(torch.tensor([[tokens[-1]]]), cache)
        tokens.append(int(following[0, -1].argmax()))
    return tokens


@torch.no_grad()
def test_the_device_says_what_torch_says(tmp_path, squares, model, tokenizer, recipe):
    """A search with one beam is greedy decoding."""
    folder = tmp_path / "bundle"
    write(folder, model, tokenizer, recipe, squares)
    captioner = OnnxCaptioner(open_bundle(folder), threads=1, beams=1)
    said = set()
    for pixels in squares[0][:6]:
        encoding = captioner.encode(captioner.prepare(pixels))
        image = torch.from_numpy(pixels).permute(2, 0, 1)[None].float()
        np.testing.assert_allclose(encoding.prefix, model.prefix(image)[0].numpy(), atol=1e-3)
        row = greedy(model, image, recipe.decoder.longest)
        tokens = row[: row.index(END_ID)] if END_ID in row else row
        assert captioner.describe(encoding)[0].text == tokenizer.decode(tokens).strip()
        said.add(tuple(tokens))
    assert len(said) > 1, "different photos, or the comparison shows nothing"


def test_mean_embedding_is_over_all_photos(squares, model):
    pixels = torch.from_numpy(squares[0]).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        expected = model.encoder(pixels).mean((0, 2, 3)).numpy()
    np.testing.assert_allclose(mean_embedding(model.encoder, squares[0], batch=10), expected, atol=1e-5)


def test_int8_bundles_are_small_and_open(tmp_path, squares, model, tokenizer, recipe):
    for int8 in (True, False):
        write(tmp_path / str(int8), model, tokenizer, recipe, squares, int8)
    small, large = ((tmp_path / str(i) / "encoder.onnx").stat().st_size for i in (True, False))
    assert small < 0.6 * large
    captioner = OnnxCaptioner(open_bundle(tmp_path / "True"), threads=1)
    captions = captioner.describe(captioner.encode(captioner.prepare(squares[0][0])))
    assert captions
    assert captions[0].mean_log_prob <= 0


def test_the_manifest_is_completed_with_what_was_measured(tmp_path, squares, model, tokenizer, recipe):
    folder = tmp_path / "bundle"
    write(folder, model, tokenizer, recipe, squares)
    complete_manifest(folder, Calibration(1.0, 2.0, 0.5), {"CIDEr": 0.4}, "# Measured\n")
    manifest = open_bundle(folder).manifest
    assert manifest.calibration.mean_log_prob == 2.0
    assert manifest.metrics == {"CIDEr": 0.4}
    assert manifest.image.side == 64
    assert manifest.decode.max_tokens == 12
    assert manifest.decode.end_token == END_ID
    card = (folder / "MODEL_CARD.md").read_bytes()
    assert card == b"# Measured\n"
    files = json.loads((folder / "manifest.json").read_text())["files"]
    assert files["MODEL_CARD.md"] == hashlib.sha256(card).hexdigest()
    assert set(files) == {"MODEL_CARD.md", "decoder.onnx", "encoder.onnx", "tokenizer.json"}


def test_only_bundles_and_empty_folders_are_replaced(tmp_path, squares, model, tokenizer, recipe):
    folder = tmp_path / "bundle"
    folder.mkdir()
    write(folder, model, tokenizer, recipe, squares)
    write(folder, model, tokenizer, recipe, squares)
    open_bundle(folder)
    precious = tmp_path / "thesis"
    precious.mkdir()
    (precious / "thesis.txt").write_text("three years of work")
    with pytest.raises(TrainingError, match="holds something else"):
        write(precious, model, tokenizer, recipe, squares)
    assert (precious / "thesis.txt").read_text() == "three years of work"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["bundle", "thesis"]
