import hashlib
import json
import math
import os
import stat
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
onnx = pytest.importorskip("onnx", reason="onnx comes with the train extra")
pytest.importorskip("transformers", reason="transformers comes with the train extra")
# CLIP's own files are TorchScript archives: there is no other way to read or write them.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight.captioners.onnx import OnnxCaptioner  # noqa: E402
from earsight.language.language import Phrasing  # noqa: E402
from earsight.language.languages import load_language  # noqa: E402
from earsight.scene import Scene  # noqa: E402
from earsight_bundle.confidence import UNCALIBRATED  # noqa: E402
from earsight_bundle.manifest import Calibration  # noqa: E402
from earsight_training.bundles.writer import complete_manifest, write_bundle  # noqa: E402
from earsight_training.data.tokens import END_ID, clean_caption, own_vocabulary  # noqa: E402
from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.model_factory import build_model, build_own_decoder, prefix_length  # noqa: E402
from earsight_training.networks.caption_model import CaptionModel  # noqa: E402
from earsight_training.networks.clip_encoders import clip_image_encoder, prepare  # noqa: E402
from earsight_training.published import read_published  # noqa: E402
from earsight_training.recipe import EfficientNetSettings, load_recipe  # noqa: E402
from earsight_training.trained_captioner import TrainedCaptioner  # noqa: E402
from tests.training.clip_models import clip_state  # noqa: E402
from tests.training.gpt2_models import byte_tokenizer, gpt2_model, published_state  # noqa: E402
from tests.training.graph_models import as_trained, heard  # noqa: E402

GRAPHS = ("encoder.onnx", "encoder.weights", "decoder.onnx", "decoder.weights")


@pytest.fixture
def own(recipe_file, squares):
    """The kind of the built-in model."""
    recipe = load_recipe(recipe_file)
    vocabulary = own_vocabulary([clean_caption(text) for texts in squares[1] for text in texts], 330)
    torch.manual_seed(2)
    size = vocabulary.tokenizer.get_vocab_size()
    decoder = build_own_decoder(recipe.decoder, size, prefix_length(recipe) + recipe.captions.longest)
    model = build_model(recipe, 0, decoder)
    for layer in model.modules():  # as after training: photos differ, and what is read decides what is said
        if isinstance(layer, torch.nn.Linear):
            torch.nn.init.normal_(layer.weight, std=0.4)
    torch.nn.init.normal_(model.mapper.projection.weight, std=4)
    torch.nn.init.normal_(decoder.tokens.weight, std=0.5)
    torch.nn.init.normal_(decoder.positions.weight, std=0.5)
    pixels = torch.from_numpy(squares[0]).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        mean = model.eval().encoder(pixels).mean((0, 2, 3))
    return TrainedCaptioner(recipe, model, vocabulary, mean)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The published kind: a small CLIP, a mapper and a small GPT-2."""
    path = tmp_path_factory.mktemp("published") / "published.pt"
    torch.save(published_state("transformer", gpt2_model()), path)
    captioner = read_published(path, byte_tokenizer(300), clip="RN50")
    tower = clip_image_encoder(clip_state())
    torch.manual_seed(5)
    decoder = as_trained(captioner.model.decoder)
    return replace(captioner, model=CaptionModel(tower, captioner.model.mapper, decoder).eval())


def greedy(captioner, image, longest):
    """The likeliest token at each step, with the model itself."""
    model = captioner.model
    hidden, cache = model.decoder.read_prefix(model.prefix(image))
    tokens = [int(model.decoder.logits(hidden).argmax())]
    while len(tokens) < longest and tokens[-1] != captioner.vocabulary.end:
        hidden, cache = model.decoder.read_tokens(torch.tensor([[tokens[-1]]]), cache)
        tokens.append(int(model.decoder.logits(hidden[:, -1]).argmax()))
    return tokens[:-1] if tokens[-1] == captioner.vocabulary.end else tokens


@pytest.mark.parametrize("kind", ["own", "published"])
@torch.no_grad()
def test_the_device_says_what_torch_says(tmp_path, squares, request, kind):
    """A search with one beam that may repeat itself is greedy decoding."""
    captioner = request.getfixturevalue(kind)
    folder = tmp_path / "bundle"
    write_bundle(folder, captioner, "float32", "# Squares\n", squares[0][:4])
    device = OnnxCaptioner(open_bundle(folder), threads=1, beams=1, no_repeat=0)
    said = set()
    for pixels in squares[0][:6]:
        encoding = device.encode(device.prepare(pixels))
        square = prepare(Image.fromarray(pixels), 64)
        image = torch.from_numpy(square).permute(2, 0, 1)[None].float()
        np.testing.assert_allclose(
            encoding.prefix, captioner.model.prefix(image)[0].numpy(), rtol=1e-3, atol=2e-3
        )
        tokens = greedy(captioner, image, captioner.recipe.captions.longest)
        assert device.describe(encoding)[0].text == captioner.vocabulary.tokenizer.decode(tokens).strip()
        said.add(tuple(tokens))
    assert kind == "published" or len(said) > 1, "different photos, or the comparison shows nothing"


def test_the_device_crops_as_training_does(tmp_path, published):
    folder = tmp_path / "bundle"
    write_bundle(folder, published, "int8", "# Published\n")
    device = OnnxCaptioner(open_bundle(folder), threads=1)
    for width, height in ((640, 480), (481, 640), (300, 1001), (64, 64), (200, 64), (65, 64)):
        pixels = np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)
        assert np.array_equal(device.prepare(pixels)[0], prepare(Image.fromarray(pixels), 64))


def test_the_manifest_of_the_published_kind(tmp_path, published):
    write_bundle(tmp_path / "bundle", published, "int8", "# Published\n")
    manifest = open_bundle(tmp_path / "bundle").manifest
    assert (manifest.image.side, manifest.image.fit) == (64, "crop")
    assert (manifest.decode.beams, manifest.decode.max_tokens, manifest.decode.no_repeat) == (7, 40, 4)
    assert manifest.decode.end_token == published.vocabulary.tokenizer.encode(".").ids[0]


def test_the_manifest_of_the_built_in_kind_is_completed_with_what_was_measured(tmp_path, own):
    folder = tmp_path / "bundle"
    write_bundle(folder, own, "float32", "# Squares\n")
    calibration = Calibration(bias=1.0, weights={"mean_log_prob": 2.0}, words={"dog": 0.5})
    complete_manifest(folder, calibration, {"CIDEr": 0.4}, "# Measured\n")
    manifest = open_bundle(folder).manifest
    assert manifest.calibration.weights == {"mean_log_prob": 2.0}
    assert manifest.metrics == {"CIDEr": 0.4}
    assert (manifest.image.side, manifest.image.fit) == (64, "squash")
    assert (manifest.decode.beams, manifest.decode.max_tokens, manifest.decode.no_repeat) == (5, 12, 4)
    assert manifest.decode.end_token == END_ID
    card = (folder / "MODEL_CARD.md").read_bytes()
    assert card == b"# Measured\n"
    files = json.loads((folder / "manifest.json").read_text())["files"]
    assert files["MODEL_CARD.md"] == hashlib.sha256(card).hexdigest()
    assert set(files) == {"MODEL_CARD.md", "tokenizer.json", *GRAPHS, "tokens.npy"}
    assert {path.name for path in folder.iterdir()} == {*files, "manifest.json"}


@pytest.mark.parametrize("kind", ["own", "published"])
@pytest.mark.parametrize("precision", ["int8", "float16"])
def test_smaller_precisions_make_smaller_bundles_that_run(tmp_path, squares, request, kind, precision):
    captioner = request.getfixturevalue(kind)
    sizes = []
    for name in (precision, "float32"):
        write_bundle(tmp_path / name, captioner, name, "# Squares\n", squares[0][:4])
        sizes.append(sum((tmp_path / name / part).stat().st_size for part in GRAPHS))
    assert sizes[0] < 0.75 * sizes[1]
    device = OnnxCaptioner(open_bundle(tmp_path / precision), threads=1)
    captions = device.describe(device.encode(device.prepare(squares[0][0])))
    assert captions
    assert captions[0].mean_log_prob <= 0


@pytest.mark.parametrize("precision", ["float32", "float16", "int8"])
def test_the_vectors_of_the_tokens(tmp_path, own, precision):
    write_bundle(tmp_path / "bundle", own, precision, "# Squares\n")
    table = np.load(tmp_path / "bundle" / "tokens.npy", allow_pickle=False)
    weights = own.model.decoder.tokens.weight.detach().numpy()
    assert table.dtype == (np.float32 if precision == "float32" else np.float16)
    assert np.array_equal(table, weights.astype(table.dtype))


def test_weights_lie_beside_the_graphs(tmp_path, own):
    """The device reads them piece by piece; the graph itself it has in memory as a whole."""
    folder = tmp_path / "bundle"
    write_bundle(folder, own, "float32", "# Squares\n")
    for graph in ("encoder", "decoder"):
        model = onnx.load(folder / f"{graph}.onnx", load_external_data=False)
        places = {
            entry.value
            for tensor in model.graph.initializer
            for entry in tensor.external_data
            if entry.key == "location"
        }
        assert places == {f"{graph}.weights"}
        inside = [len(tensor.raw_data) for tensor in model.graph.initializer]
        assert max(inside) < 1024


@pytest.mark.parametrize("umask", [0o022, 0o027])
def test_every_file_can_be_read_by_whom_the_system_lets_read_files(tmp_path, own, umask):
    """The service has a user of its own; what the owner keeps to himself stays so."""
    before = os.umask(umask)
    try:
        write_bundle(tmp_path / "bundle", own, "int8", "# Squares\n")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "bundle").iterdir()}
    assert set(modes.values()) == {0o666 & ~umask}, modes


@torch.no_grad()
def test_a_bundle_with_an_efficientnet(tmp_path, own, squares):
    """Its graph agrees with torch: check() refuses it otherwise."""
    recipe = own.recipe.model_copy(
        update={"encoder": EfficientNetSettings(kind="efficientnet-lite", variant=0), "distill": None}
    )
    torch.manual_seed(2)
    model = build_model(recipe, 0, own.model.decoder).eval()
    encoder = heard(model.encoder)
    torch.nn.init.normal_(model.mapper.projection.weight, std=0.5)
    pixels = torch.from_numpy(squares[0][:8]).permute(0, 3, 1, 2).float()
    mean = encoder(pixels).mean((0, 2, 3))
    captioner = TrainedCaptioner(recipe, model, own.vocabulary, mean)
    for precision in ("float32", "int8"):
        write_bundle(tmp_path / precision, captioner, precision, "# Squares\n", squares[0][:2])
    device = OnnxCaptioner(open_bundle(tmp_path / "float32"), threads=1, beams=1)
    prefixes = [device.encode(device.prepare(photo)).prefix for photo in squares[0][:2]]
    np.testing.assert_allclose(prefixes[1], model.prefix(pixels[1:2])[0].numpy(), rtol=1e-3, atol=2e-3)
    assert np.abs(prefixes[0] - prefixes[1]).max() > 0.1


def test_encoders_of_other_precisions_beside_the_first(tmp_path, own, squares):
    """Each with weights of its own, and each compared with torch."""
    folder = tmp_path / "bundle"
    write_bundle(folder, own, "int8", "# Squares\n", squares[0][:2], other_encoders=["float16"])
    open_bundle(folder)
    files = {path.name for path in folder.iterdir()}
    assert {*GRAPHS, "encoder.float16.onnx", "encoder.float16.weights"} < files
    types = {}
    for name in ("encoder.onnx", "encoder.float16.onnx"):
        model = onnx.load(folder / name, load_external_data=False)
        places = {e.value for t in model.graph.initializer for e in t.external_data if e.key == "location"}
        assert places == {name.replace(".onnx", ".weights")}
        types[name] = model.graph.output[0].type.tensor_type.elem_type
    assert types["encoder.onnx"] == onnx.TensorProto.FLOAT
    assert types["encoder.float16.onnx"] == onnx.TensorProto.FLOAT16


def test_what_was_compared_with_torch_is_in_the_manifest(tmp_path, squares, own):
    checks = []
    for photos in (squares[0][:5], ()):
        write_bundle(tmp_path / "bundle", own, "int8", "# Squares\n", photos)
        checks.append(json.loads((tmp_path / "bundle" / "manifest.json").read_text())["checks"])
    assert [(row["pictures"], row["generated"]) for row in checks] == [(5, False), (8, True)]
    for row in checks:
        assert 0.97 < row["prefix_cosine"] <= 1
        assert 0.97 < row["embedding_cosine"] <= 1
        assert 0 <= row["log_prob_error"] < 0.5


def test_an_uncalibrated_model_is_not_sure(tmp_path, own, squares):
    write_bundle(tmp_path / "bundle", own, "float32", "# Squares\n")
    device = OnnxCaptioner(open_bundle(tmp_path / "bundle"), threads=1)
    caption = device.describe(device.encode(device.prepare(squares[0][0])))[0]
    assert caption.confidence == pytest.approx(0.3)
    phrasing = Phrasing(plain=0.7, probably=0.45, maybe=0.2)
    said = load_language("en").describe(Scene(0.0, captions=(caption,)), phrasing)
    assert said.text.startswith("Not sure, maybe ")
    assert math.isfinite(UNCALIBRATED.bias)


def test_only_bundles_and_empty_folders_are_replaced(tmp_path, own):
    work = tmp_path / "work"
    folder = work / "bundle"
    folder.mkdir(parents=True)
    write_bundle(folder, own, "float32", "# Squares\n")
    write_bundle(folder, own, "float32", "# Squares\n")
    open_bundle(folder)
    precious = work / "thesis"
    precious.mkdir()
    (precious / "thesis.txt").write_text("three years of work")
    with pytest.raises(TrainingError, match="holds something else"):
        write_bundle(precious, own, "float32", "# Squares\n")
    assert (precious / "thesis.txt").read_text() == "three years of work"
    assert sorted(path.name for path in work.iterdir()) == ["bundle", "thesis"]


@pytest.mark.parametrize(
    ("part", "measure"),
    [("encoder.layers.0.0.weight", "prefix_cosine"), ("decoder.blocks.0.feed_in.weight", "log_prob_error")],
)
def test_graphs_that_disagree_are_no_bundle(tmp_path, own, monkeypatch, part, measure):
    """The weights change after the graphs were written, as if these had been written wrongly."""
    from earsight_training.bundles import writer

    whole = writer.write_decoder

    def wrong(*arguments):
        whole(*arguments)
        own.model.get_parameter(part).data.mul_(-1)

    monkeypatch.setattr(writer, "write_decoder", wrong)
    with pytest.raises(TrainingError, match=rf"float32 graphs disagree with torch: {measure} is"):
        write_bundle(tmp_path / "bundle", own, "float32", "# Squares\n")
    assert not list(tmp_path.glob("bundle*"))
