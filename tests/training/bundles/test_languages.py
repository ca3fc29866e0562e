import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight.captioners.onnx import OnnxCaptioner  # noqa: E402
from earsight_training.bundles.writer import write_bundle  # noqa: E402
from earsight_training.data.tokens import own_vocabulary  # noqa: E402
from earsight_training.learning.decoding import beam_captions  # noqa: E402
from earsight_training.model_factory import build_decoder, build_model  # noqa: E402
from earsight_training.networks.caption_model import PADDING  # noqa: E402
from earsight_training.recipe import load_recipe  # noqa: E402
from earsight_training.trained_captioner import TrainedCaptioner, load_captioner, save_captioner  # noqa: E402
from tests.training.graph_models import as_trained  # noqa: E402

BEAMS = 4


@pytest.fixture
def captioner(recipe_file):
    """Of random weights, in two languages."""
    text = recipe_file.read_text().replace("side: 64}\n", "side: 64, languages: [en, id]}\n", 1)
    recipe_file.write_text(text)
    recipe = load_recipe(recipe_file)
    vocabulary = own_vocabulary(["a red square", "kotak merah"], 330, recipe.data.languages)
    torch.manual_seed(5)
    model = as_trained(build_model(recipe, 0, build_decoder(recipe, vocabulary)))
    return TrainedCaptioner(recipe, model, vocabulary, torch.zeros(32))


@pytest.fixture
def device(tmp_path, captioner):
    write_bundle(tmp_path / "bundle", captioner, "float32", "# Two languages\n")
    return OnnxCaptioner(open_bundle(tmp_path / "bundle"), beams=BEAMS, max_tokens=6, no_repeat=0)


@torch.no_grad()
def test_a_device_searches_in_each_language_as_torch_does(captioner, device):
    vocabulary = captioner.vocabulary
    assert device.languages == ("en", "id")
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    encoding = device.encode(device.prepare(pixels))
    prefix = captioner.model.prefix(torch.from_numpy(pixels.copy())[None].permute(0, 3, 1, 2).float())
    said = {}
    for code, start in vocabulary.starts.items():
        (rows,) = beam_captions(captioner.model, prefix, BEAMS, 6, vocabulary.end, torch.tensor([start]))
        expected = {tuple(token for token in row if token != PADDING) for row in rows.tolist()}
        found = device.search(encoding.prefix, language=code)
        ended = {(*each.tokens, vocabulary.end) if each.finished else each.tokens for each in found}
        assert ended == expected
        captions = device.describe(encoding, language=code)
        assert {caption.language for caption in captions} == {code}
        said[code] = [caption.text for caption in captions]
    assert said["en"] != said["id"]
    assert [caption.text for caption in device.describe(encoding)] == said["en"]


def test_the_languages_are_kept_in_a_file(tmp_path, captioner):
    save_captioner(tmp_path / "model.pt", captioner)
    loaded = load_captioner(tmp_path / "model.pt")
    assert loaded.vocabulary.starts == {"en": 1, "id": 2}
    assert loaded.model.starts
