"""From photos to a spoken caption by CLIP, a mapper and GPT-2, one command a step, all of them small."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("transformers", reason="transformers comes with the train extra")
# CLIP's own files are TorchScript archives: there is no other way to read or write them.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

from earsight_training.cli import main  # noqa: E402
from earsight_training.trained_captioner import load_captioner  # noqa: E402
from tests.training.clip_models import clip_state, write_archive  # noqa: E402
from tests.training.gpt2_models import gpt2_folder, gpt2_model, published_state  # noqa: E402

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "config/training"
GUIDE = (ROOT / "docs/training.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The folder of a small GPT-2, and the archive of a small CLIP."""
    folder = tmp_path_factory.mktemp("models")
    return gpt2_folder(folder / "gpt2"), write_archive(folder / "ViT.pt", clip_state("small transformer"))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Captioned pictures of 16 patches, none like another."""
    folder = tmp_path_factory.mktemp("patches")
    (folder / "images").mkdir()
    rng = np.random.default_rng(2)
    rows = ["image,caption"]
    for index in range(40):
        patches = rng.integers(0, 256, (4, 4, 3), np.uint8)
        picture = Image.fromarray(patches).resize((64, 64), Image.Resampling.NEAREST)
        picture.save(folder / "images" / f"{index:03}.png")
        bright = "bright" if patches.mean() > 127 else "dark"
        rows += [f"{index:03}.png,some {bright} patches.", f"{index:03}.png,it is {bright} on the left ."]
    (folder / "captions.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def embedded(tmp_path, data, models, capsys):
    """The pictures' embeddings, and a split of them. (A random CLIP finds all pictures much alike.)"""
    embeddings, table = tmp_path / "patches.safetensors", tmp_path / "split.csv"
    assert main(["embed", "--data", str(data), "--clip", str(models[1]), "--out", str(embeddings)]) == 0
    shares = ["--val", "0.2", "--test", "0.2"]
    assert main(["split", str(embeddings), "--out", str(table), "--near", "0.9999", *shares]) == 0
    capsys.readouterr()
    return embeddings, table


def recipe(tmp_path, name, models, **captions):
    """A recipe of config/training, with small numbers where they cost time."""
    content = yaml.safe_load((RECIPES / f"{name}.yaml").read_text(encoding="utf-8"))
    content["encoder"]["model"] = str(models[1])
    content["captions"] |= {"epochs": 2, "batch": 8, "longest": 20, "warmup_steps": 4} | captions
    content["mapper"] |= {"prefix": 4} | ({"clip_length": 3, "layers": 2} if name != "coco" else {})
    path = tmp_path / f"{name}.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


needs_java = pytest.mark.skipif(
    not shutil.which("java"), reason="CIDEr needs Java for pycocoevalcap's tokenizer"
)


@needs_java
@pytest.mark.parametrize("name", ["flickr8k", "coco"])
def test_recipes_of_every_kind_learn(tmp_path, models, embedded, name):
    embeddings, table = map(str, embedded)
    learn = [
        "train",
        str(recipe(tmp_path, name, models, epochs=1)),
        "--embeddings",
        embeddings,
        "--data",
        table,
    ]
    assert main([*learn, "--work", str(tmp_path / "work"), "--gpt2", str(models[0])]) == 0
    captioner = load_captioner(tmp_path / "work" / "model.pt")
    assert captioner.recipe.name == name
    assert captioner.model.mapper.prefix_length == 4


@needs_java
def test_the_commands_of_the_documentation(tmp_path, data, models, monkeypatch, capsys):
    """As they stand in docs/training.md, but with a small CLIP, a small GPT-2 and the recipe made small."""
    gpt2, clip = map(str, models)
    shutil.copytree(data, tmp_path / "photos")
    monkeypatch.chdir(tmp_path)
    first = re.search(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    for line in first[1].splitlines():
        program, *words = shlex.split(line.replace("gl_1.jpg", "000.png"))
        if words[0] == "embed":
            words[words.index("RN50x4")] = clip
        elif words[0] == "split":  # a random CLIP finds all pictures much alike, and there are few
            words += ["--near", "0.9999", "--val", "0.2", "--test", "0.2"]
        elif words[0] == "train":
            words[1] = str(recipe(tmp_path, Path(words[1]).stem, models))
            words += ["--gpt2", gpt2, "--local-files-only"]
        elif words[0] == "export":
            words += ["--clip", clip]
        capsys.readouterr()
        if program == "earsight-train":
            assert main(words) == 0, capsys.readouterr().err
            continue
        command = [sys.executable, "-m", program, *words]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        assert said.strip()
    for left in ("work/curves/curve.csv", "test.html", "bundle/MODEL_CARD.md"):
        assert (tmp_path / left).stat().st_size


def test_a_photo_to_be_judged_by_that_is_trained_on_is_refused(tmp_path, data, models, embedded, capsys):
    embeddings, table = embedded
    rows = table.read_text(encoding="utf-8").splitlines()
    photo = next(row for row in rows if row.endswith(",train")).split(",")[0]
    table.write_text("\n".join([*rows, f"{photo},a leak,test"]) + "\n", encoding="utf-8")
    files = ["--data", str(table), "--images", str(data / "images"), "--embeddings", str(embeddings)]
    learn = [
        "train",
        str(recipe(tmp_path, "mission", models)),
        *files,
        "--work",
        str(tmp_path),
        "--gpt2",
        str(models[0]),
    ]
    assert main(learn) == 1
    said = capsys.readouterr().err
    assert f"{photo} of test too" in said
    assert "earsight-train split" in said
    assert not (tmp_path / "model.pt").exists()


@pytest.mark.parametrize(
    ("section", "numbers", "said"),
    [
        ("mapper", {"heads": 7}, "mapper.heads: the decoder's width, 64, is no multiple of 7"),
        ("captions", {"longest": 61}, "captions.longest 61 are more than the 64 positions"),
    ],
)
def test_a_recipe_that_does_not_fit_gpt2_is_refused_in_one_line(
    tmp_path, models, embedded, capsys, section, numbers, said
):
    embeddings, table = map(str, embedded)
    path = recipe(tmp_path, "flickr8k", models)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content[section] |= numbers
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    learn = ["train", str(path), "--embeddings", embeddings, "--data", table]
    assert main([*learn, "--work", str(tmp_path / "work"), "--gpt2", str(models[0])]) == 1
    assert said in capsys.readouterr().err


@needs_java
def test_another_clip_with_embeddings_of_the_same_size_is_refused(tmp_path, models, embedded, capsys):
    embeddings, table = map(str, embedded)
    learn = [
        "train",
        str(recipe(tmp_path, "coco", models, epochs=1)),
        "--embeddings",
        embeddings,
        "--data",
        table,
    ]
    assert main([*learn, "--work", str(tmp_path), "--gpt2", str(models[0])]) == 0
    other = write_archive(tmp_path / "other.pt", clip_state("small transformer", seed=1))
    export = ["export", str(tmp_path / "model.pt"), "--out", str(tmp_path / "bundle"), "--clip"]
    assert main([*export, str(other)]) == 1
    assert "not the CLIP whose embeddings the model was trained on" in capsys.readouterr().err
    assert not (tmp_path / "bundle").exists()


def test_import_and_export_of_a_published_checkpoint(tmp_path, data, models, capsys):
    gpt2, clip = models
    published = tmp_path / "model-029.pt"
    torch.save(published_state("transformer", gpt2_model()), published)
    imported, bundle = tmp_path / "imported.pt", tmp_path / "bundle"
    words = ["import", str(published), "--gpt2", str(gpt2), "--clip", str(clip), "--out", str(imported)]
    assert main([*words, "--local-files-only"]) == 0
    assert "transformer mapper, prefix of 4" in capsys.readouterr().out
    assert load_captioner(imported).recipe.encoder.model == str(clip)
    assert main(["export", str(imported), "--out", str(bundle), "--precision", "float32"]) == 0
    describe = [sys.executable, "-m", "earsight", "describe", "--bundle", str(bundle), "--json", "--evidence"]
    photo = str(data / "images" / "000.png")
    said = subprocess.run([*describe, photo], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert json.loads(said)["captions"][0]["confidence"] < 0.45, "nothing is known of how often it is right"


def learn(tmp_path, models, embeddings, table, *more):
    words = ["train", str(recipe(tmp_path, "coco", models, epochs=1)), "--embeddings", str(embeddings)]
    return main([*words, "--data", str(table), "--work", str(tmp_path), "--gpt2", str(models[0]), *more])


def test_embeddings_of_another_encoder_are_refused(tmp_path, models, embedded, capsys):
    other = write_archive(tmp_path / "other.pt", clip_state("small transformer", seed=1))
    assert learn(tmp_path, (models[0], other), *embedded) == 1
    said = capsys.readouterr().err
    assert "patches.safetensors: embeddings of ViT.pt, but the recipe" in said
    assert f"has encoder.model: {other}" in said
    assert learn(tmp_path, (models[0], "RN50x4"), *embedded) == 1  # a name that they are not of
    assert "has encoder.model: RN50x4" in capsys.readouterr().err


@needs_java
def test_no_photo_that_was_trained_on_judges_the_model_by_another_table_either(
    tmp_path, data, models, embedded, capsys, monkeypatch
):
    """Trained by one split, exported and evaluated by another, in which the split val was trained on."""
    embeddings, table = embedded
    monkeypatch.setattr("earsight_training.scoring.scores.rehearse", lambda **_: None)  # it takes time
    assert learn(tmp_path, models, embeddings, table, "--images", str(data / "images")) == 0
    rows = table.read_text(encoding="utf-8").replace(",val", ",x").replace(",train", ",val")
    turned = tmp_path / "turned.csv"
    turned.write_text(rows, encoding="utf-8")
    model, out = tmp_path / "model.pt", tmp_path / "bundle"
    files = ["--images", str(data / "images"), "--clip", str(models[1])]
    export = ["export", str(model), "--out", str(out), "--precision", "float32", *files]
    capsys.readouterr()
    assert main([*export, "--data", str(turned)]) == 1
    said = capsys.readouterr().err
    assert f"{model} was trained on 24 of the 24 photos to judge it by: " in said
    assert not out.exists()
    assert main([*export, "--data", str(table)]) == 0
    assert "photos that it was not trained on (the split val)" in (out / "MODEL_CARD.md").read_text()
    trained = np.load(out / "trained_on.npy")
    assert trained.shape == (24, 16)
    capsys.readouterr()
    evaluate = ["evaluate", "--data", str(table), "--split", "train", "--images", str(data / "images")]
    assert main([*evaluate, "--checkpoint", str(model), "--clip", str(models[1])]) == 1
    assert "was trained on 24 of the 24 photos" in capsys.readouterr().err


@needs_java
def test_a_photo_that_embed_left_out_ends_no_later_step(tmp_path, data, models, capsys):
    """As Flickr8k's token file names a photo that is nowhere; and one in val is damaged."""
    shutil.copytree(data, tmp_path / "photos")
    table = tmp_path / "photos" / "captions.csv"
    rows = table.read_text(encoding="utf-8").splitlines()
    splits = {f"{n:03}.png": "val" if n < 8 else "train" for n in range(40)}
    rows = ["image,caption,split", *(f"{row},{splits[row.split(',')[0]]}" for row in rows[1:])]
    table.write_text("\n".join([*rows, "nowhere.jpg.1,some patches,train"]) + "\n", encoding="utf-8")
    (tmp_path / "photos" / "images" / "003.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    embeddings, files = tmp_path / "e.safetensors", ["--data", str(tmp_path / "photos")]
    embed = ["embed", *files, "--clip", str(models[1]), "--out", str(embeddings)]
    assert main(embed) == 1
    assert "1 of 41 photos can't be used" in capsys.readouterr().err  # the damaged one would come later
    assert main([*embed, "--missing", "0.05"]) == 0
    assert learn(tmp_path, models, embeddings, tmp_path / "photos") == 0
    assert "nowhere.jpg.1 is left out: it has no embedding" in capsys.readouterr().err
    out = tmp_path / "bundle"
    export = ["export", str(tmp_path / "model.pt"), *files, "--clip", str(models[1]), "--out", str(out)]
    assert main([*export, "--precision", "float32"]) == 0
    assert "003.png is cut off" in capsys.readouterr().err
    assert main(["evaluate", "--bundle", str(out), *files, "--json"]) == 0
    printed = capsys.readouterr()
    assert "003.png is cut off" in printed.err
    assert json.loads(printed.out)["photos"] == 7
