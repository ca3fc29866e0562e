"""A second language from captions to what a device says: train, language, evaluate, describe."""

import csv
import json
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight.captioners.onnx import OnnxCaptioner  # noqa: E402
from earsight_bundle.manifest import Manifest  # noqa: E402
from earsight_training.bundles.writer import write_bundle  # noqa: E402
from earsight_training.cli import main  # noqa: E402
from earsight_training.data.tokens import clean_caption, own_vocabulary  # noqa: E402
from earsight_training.model_factory import build_model, build_own_decoder, prefix_length  # noqa: E402
from earsight_training.recipe import load_recipe  # noqa: E402
from earsight_training.trained_captioner import TrainedCaptioner, load_captioner  # noqa: E402
from tests.training.graph_models import as_trained  # noqa: E402

needs_java = pytest.mark.skipif(not shutil.which("java"), reason="scoring needs Java")
RECIPE = """
name: squares in Indonesian
licence: none, made up
about: Of coloured squares.
seed: 3
data: {train: [train], validation: [val], side: 64, languages: [id]}
encoder: {kind: bundle, views: 2}
mapper: {kind: bundle, prefix: 5}
decoder: {kind: own, vocabulary: 330, width: 32, layers: 1, heads: 2, dropout: 0.1}
captions: {epochs: 3, batch: 8, longest: 12, keep_best: true, photos: {side: 64}}
refine: {epochs: 1, batch: 8, beams: 3, keep_best: true}
"""
WORDS = {
    "a": "sebuah", "square": "persegi", "on the": "di", "left": "kiri", "right": "kanan",
    "red": "merah", "green": "hijau", "blue": "biru", "yellow": "kuning",
}  # fmt: skip


def indonesian(caption):
    text = clean_caption(caption)
    for word, other in WORDS.items():
        text = " ".join(
            other if each == word else each for each in text.replace("on the", WORDS["on the"]).split()
        )
    return text


@pytest.fixture
def both(data):
    """The squares with captions_id.csv beside captions.csv."""
    rows = list(csv.DictReader((data / "captions.csv").open(encoding="utf-8")))
    with (data / "captions_id.csv").open("w", newline="", encoding="utf-8") as file:
        written = csv.DictWriter(file, rows[0].keys())
        written.writeheader()
        written.writerows(row | {"caption": indonesian(row["caption"])} for row in rows)
    return data


@pytest.fixture
def bundle(tmp_path, recipe_file, squares):
    """With an encoder that tells photos apart."""
    recipe = load_recipe(recipe_file)
    vocabulary = own_vocabulary([clean_caption(text) for texts in squares[1] for text in texts], 330)
    torch.manual_seed(2)
    size = vocabulary.tokenizer.get_vocab_size()
    decoder = build_own_decoder(recipe.decoder, size, prefix_length(recipe) + recipe.captions.longest)
    model = as_trained(build_model(recipe, 0, decoder))
    pixels = torch.from_numpy(squares[0]).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        mean = model.encoder(pixels).mean((0, 2, 3))
    seen = np.zeros((1, 16), np.uint8)
    write_bundle(
        tmp_path / "bundle",
        TrainedCaptioner(recipe, model, vocabulary, mean, trained_on=seen),
        "float32",
        "# Card\n",
    )
    return tmp_path / "bundle"


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "second.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


@pytest.fixture
def train(tmp_path, recipe, bundle, both):
    def run(*more):
        words = [str(recipe), "--bundle", str(bundle), "--data", str(both), "--work", str(tmp_path / "work")]
        (tmp_path / "work").mkdir(exist_ok=True)
        return main(["train", *words, *more])

    return run


def captions_of(folder, squares, language=None):
    device = OnnxCaptioner(open_bundle(folder), threads=1, time_limit=60, language=language)
    language = language if language in device.languages else None
    found = [
        device.describe(device.encode(device.prepare(pixels)), language=language)[0]
        for pixels in squares[0][:4]
    ]
    return [caption.text for caption in found], {caption.language for caption in found}


@needs_java
def test_a_language_beside_the_first(tmp_path, train, bundle, both, squares, capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = captions_of(bundle, squares)
    assert train() == 0
    out = tmp_path / "both"
    words = [str(tmp_path / "work/model.pt"), "--bundle", str(bundle), "--data", str(both), "--out", str(out)]
    assert main(["language", *words]) == 0
    manifest = Manifest.model_validate_json((out / "manifest.json").read_text(encoding="utf-8"))
    section = manifest.decoders["id"]
    assert section.metrics["CIDEr"] >= 0
    assert "METEOR" not in section.metrics
    assert section.checks["log_prob_error"] < 0.5
    assert "## Captions in the language `id`\n\nOf coloured squares." in (out / "MODEL_CARD.md").read_text()
    assert len(np.load(out / "trained_on.npy")) > 1

    assert captions_of(out, squares) == captions_of(out, squares, "nl") == first
    said, languages = captions_of(out, squares, "id")
    assert languages == {"id"}
    assert set(" ".join(said).split()) <= set(WORDS.values())
    capsys.readouterr()
    scores = ["--data", str(both), "--bundle", str(out), "--language", "id", "--json"]
    assert main(["evaluate", *scores]) == 0
    assert json.loads(capsys.readouterr().out)["CIDEr"] == pytest.approx(section.metrics["CIDEr"], abs=1e-3)

    # The same again takes the place of what was there, and changes nothing else.
    again = [*words[:2], str(out), *words[3:]]
    assert main(["language", *again]) == 0
    assert (out / "MODEL_CARD.md").read_text().count("## Captions in the language") == 1
    assert captions_of(out, squares, "id") == (said, languages)


def test_what_is_learned_starts_as_the_bundles_decoder(tmp_path, train, squares, bundle, both, capsys):
    assert train("--stop-after", "1e-9") == 0  # not one epoch
    model = load_captioner(tmp_path / "work/model.pt")
    ours, (_, *tokens) = model.model.decoder, range(4)
    from earsight_training.bundles.decoder_weights import read_decoder

    theirs = read_decoder(bundle)
    assert torch.equal(ours.positions.weight, theirs.positions.weight)
    assert torch.equal(ours.blocks[0].feed_in.weight, theirs.blocks[0].feed_in.weight)
    assert len(tokens) == 3
    assert torch.equal(ours.tokens.weight[0], theirs.tokens.weight[0])  # the end
    vocabulary = own_vocabulary([clean_caption(text) for texts in squares[1] for text in texts], 330)
    near = torch.cosine_similarity(
        ours.tokens.weight[model.vocabulary.tokenizer.encode("merah").ids[0]][None], theirs.tokens.weight
    )
    assert near.argmax() == vocabulary.tokenizer.encode("red").ids[0]

    alone = str(tmp_path / "work/model.pt")
    for words in (["export", alone, "--out", str(tmp_path / "alone")], ["evaluate", "--checkpoint", alone]):
        data = [] if words[0] == "export" else ["--data", str(both)]
        assert main([*words, *data]) == 1
        assert "put it into that by `earsight-train language`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("prefix: 5", "prefix: 6"), "mapper.prefix: 6, but the bundle's encoder has 5"),
        (("width: 32", "width: 16"), "decoder.width: 16, but the bundle's encoder has 32"),
        (
            ("photos: {side: 64}", "photos: {side: 32}"),
            "captions.photos.side: 32, but the bundle's encoder has 64",
        ),
        (("layers: 1", "layers: 2"), "the bundle's decoder has other sizes than the recipe's"),
        (
            ("languages: [id]", "languages: [id, en]"),
            "one of data.languages and decoder: own go with encoder",
        ),
        (("mapper: {kind: bundle, prefix: 5}", "mapper: {kind: cells}"), "bundle with bundle"),
    ],
)
def test_a_recipe_that_does_not_fit_the_bundle(train, recipe, capsys, change, complaint):
    recipe.write_text(recipe.read_text().replace(*change))
    assert train() == 1
    assert complaint in capsys.readouterr().err


def test_a_bundle_has_to_be_named(recipe, both, tmp_path, capsys):
    words = ["train", str(recipe), "--data", str(both), "--work", str(tmp_path)]
    assert main(words) == 1
    assert "name it by --bundle" in capsys.readouterr().err
    assert main([*words, "--bundle", str(tmp_path)]) == 1
    assert "not a model bundle" in capsys.readouterr().err


def test_a_language_that_the_bundle_does_not_have(bundle, both, capsys):
    words = ["evaluate", "--data", str(both), "--bundle", str(bundle), "--language", "id"]
    assert main(words) == 1
    assert "no captions in id; it has en" in capsys.readouterr().err
