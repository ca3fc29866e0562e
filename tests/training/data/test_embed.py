import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_files.photos import read_photo  # noqa: E402
from earsight_training.cli import main  # noqa: E402
from earsight_training.data import embed, shards  # noqa: E402
from earsight_training.data.embeddings import read_embeddings  # noqa: E402
from earsight_training.data.fingerprints import fingerprint  # noqa: E402
from earsight_training.networks.clip_encoders import prepare  # noqa: E402
from earsight_training.networks.clip_networks import ClipResNet  # noqa: E402
from earsight_training.networks.clip_weights import load_clip  # noqa: E402

SIDE, WIDTH, PHOTOS = 32, 16, 11


@pytest.fixture
def checkpoint(tmp_path):
    """A file with a very small CLIP of random weights."""
    torch.manual_seed(5)
    torch.save(ClipResNet([1, 1, 1, 1], 8, SIDE, WIDTH).state_dict(), tmp_path / "tiny.pt")
    return tmp_path / "tiny.pt"


@pytest.fixture
def photos(tmp_path):
    """A folder with captions.csv and images/: 11 photos, two captions each, splits train and val."""
    folder = tmp_path / "data"
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(2)
    rows = ["image,caption,split"]
    for index in range(PHOTOS):
        pixels = rng.integers(0, 256, (40, 50, 3), np.uint8)
        Image.fromarray(pixels).save(folder / "images" / f"{index:02}.png")
        split = "val" if index % 4 == 0 else "train"
        rows += [f"{index:02}.png,caption {n} of {index},{split}" for n in (1, 2)]
    (folder / "captions.csv").write_text("\n".join(rows))
    return folder


@pytest.fixture
def command(tmp_path, photos, checkpoint):
    """Run earsight-train embed --out e.safetensors with more arguments."""

    def run(*more):
        words = ["--data", photos, "--clip", checkpoint, "--out", tmp_path / "e.safetensors", "--batch", 4]
        return main(["embed", *map(str, [*words, "--device", "cpu", *more])])

    return run


@pytest.fixture
def out(tmp_path):
    return tmp_path / "e.safetensors"


@pytest.fixture
def encoded(monkeypatch):
    """The sizes of the batches, without what fills them up, that have been encoded since the last clear()."""
    sizes = []
    whole = embed._embed

    def counted(pictures, *others):
        sizes.append(len(pictures))
        whole(pictures, *others)

    monkeypatch.setattr(embed, "_embed", counted)
    return sizes


@pytest.fixture
def interrupted(monkeypatch):
    """Ctrl-C in the middle of the third batch, once; every batch is a shard."""
    monkeypatch.setattr(shards, "SHARD_SECONDS", 0.0)
    whole, calls = embed._embed, []

    def interrupt(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        whole(*arguments)

    monkeypatch.setattr(embed, "_embed", interrupt)


def embedding(checkpoint, path):
    """By the encoder alone, one photo at a time."""
    pixels = torch.from_numpy(prepare(Image.open(path).convert("RGB"), SIDE))
    with torch.inference_mode():
        return load_clip(str(checkpoint))(pixels.permute(2, 0, 1)[None].float())[0].numpy()


def test_each_photo_has_the_embedding_that_the_encoder_gives_it(
    command, photos, checkpoint, out, encoded, capsys
):
    assert command() == 0
    assert encoded == [4, 4, 3]
    embedded = read_embeddings(out)
    assert embedded.names == tuple(f"{index:02}.png" for index in range(PHOTOS))
    assert embedded.missing == 0.01
    seen = [fingerprint(read_photo(photos / "images" / name)) for name in embedded.names]
    assert (embedded.fingerprints == seen).all()
    assert embedded.embeddings.shape == (PHOTOS, WIDTH)
    for name, row in zip(embedded.names, embedded.embeddings, strict=True):
        np.testing.assert_allclose(row, embedding(checkpoint, photos / "images" / name), rtol=1e-4, atol=1e-5)
    assert embedded.captions[3] == ("caption 1 of 3", "caption 2 of 3")
    assert embedded.splits[:5] == ("val", "train", "train", "train", "val")
    assert (embedded.encoder.name, embedded.encoder.side) == ("tiny.pt", SIDE)
    assert capsys.readouterr().out == f"{out}: 11 photos with 22 captions\n"
    assert not out.with_name("e.safetensors.partial").exists()


@pytest.mark.usefixtures("interrupted")
def test_an_interrupted_run_goes_on_and_ends_in_the_same_bytes(command, out, encoded):
    assert command() == 130
    assert not out.exists()
    encoded.clear()
    assert command() == 0
    assert encoded == [3]
    resumed = out.read_bytes()
    out.unlink()
    assert command() == 0
    assert encoded == [3, 4, 4, 3]
    assert out.read_bytes() == resumed


def test_a_killed_process_loses_one_shard_at_most(photos, checkpoint, out):
    """Killed without a word after the second batch, in another process."""
    program = f"""
import os, signal
from earsight_training.data import embed, shards
from earsight_training.cli import main
shards.SHARD_SECONDS = 0.0
whole = shards.Shards.add
def add(self, names, *others):
    whole(self, names, *others)
    if "07.png" in names:
        os.kill(os.getpid(), signal.SIGKILL)
shards.Shards.add = add
main(["embed", "--data", {str(photos)!r}, "--clip", {str(checkpoint)!r}, "--out", {str(out)!r},
      "--batch", "4", "--device", "cpu"])
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    killed = subprocess.run([sys.executable, "-c", program], env=environment, check=False)
    assert killed.returncode == -9
    there = sorted(path.name for path in out.with_name("e.safetensors.partial").iterdir())
    assert there == ["000000.safetensors", "000001.safetensors"]


def test_what_cannot_be_read_is_listed_and_left_out(command, photos, out, capsys):
    images = photos / "images"
    (images / "02.png").unlink()
    (images / "05.png").write_bytes((images / "05.png").read_bytes()[:700])
    (images / "06.png").write_text("this is no photo")
    Image.new("RGB", (1, 500)).save(images / "07.png")
    assert command("--missing", "0.4") == 0
    output = capsys.readouterr()
    lines = output.err.splitlines()
    expected = {"02": "is not there", "05": "is cut off", "06": "is not a photo", "07": "is too small"}
    assert len(lines) == len(expected)
    for (name, reason), line in zip(expected.items(), lines, strict=True):
        assert line.startswith(f"{images / name}.png")
        assert reason in line
    assert output.out.endswith("7 photos with 14 captions, 4 left out\n")
    assert read_embeddings(out).names == tuple(f"{i:02}.png" for i in (0, 1, 3, 4, 8, 9, 10))


def test_too_many_damaged_photos_are_a_failure_that_a_rerun_after_repair_continues(
    command, photos, out, encoded, capsys
):
    whole = (photos / "images" / "02.png").read_bytes()
    (photos / "images" / "02.png").write_bytes(whole[:700])
    assert command() == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "02.png is cut off" in said[0]
    assert "1 of 11 photos can't be used, which is more than --missing 0.01" in said[1]
    assert not out.exists()
    encoded.clear()
    (photos / "images" / "02.png").write_bytes(whole)
    assert command() == 0
    assert encoded == [1]
    assert len(read_embeddings(out)) == PHOTOS


@pytest.mark.usefixtures("photos")
def test_a_wrong_folder_of_images_is_found_out_at_once(command, encoded, capsys, tmp_path):
    assert command("--images", tmp_path) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == PHOTOS + 1
    assert said[-1].startswith("earsight-train: 11 of 11 photos can't be used")
    assert encoded == []


@pytest.mark.usefixtures("interrupted")
def test_a_photo_that_has_changed_is_embedded_again(command, photos, checkpoint, out, encoded):
    assert command() == 130
    changed = photos / "images" / "01.png"
    Image.new("RGB", (44, 44), (9, 99, 199)).save(changed)
    encoded.clear()
    assert command() == 0
    assert encoded == [4]
    row = read_embeddings(out).embeddings[1]
    np.testing.assert_allclose(row, embedding(checkpoint, changed), rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("interrupted")
def test_the_work_of_another_encoder_is_not_gone_on_with(command, photos, checkpoint, out, encoded, capsys):
    assert command() == 130
    torch.manual_seed(6)
    torch.save(ClipResNet([1, 1, 1, 1], 8, SIDE, WIDTH).state_dict(), checkpoint)
    encoded.clear()
    assert command() == 0
    assert encoded == [4, 4, 3]
    assert "of another encoder: deleted" in capsys.readouterr().err
    first = photos / "images" / "00.png"
    row = read_embeddings(out).embeddings[0]
    np.testing.assert_allclose(row, embedding(checkpoint, first), rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("interrupted")
def test_a_damaged_shard_is_done_again(command, out, encoded):
    assert command() == 130
    shard = out.with_name("e.safetensors.partial") / "000001.safetensors"
    shard.write_bytes(shard.read_bytes()[:-9])
    encoded.clear()
    assert command() == 0
    assert encoded == [4, 3]
    assert len(read_embeddings(out)) == PHOTOS


def test_sideways_photos_are_turned_upright(command, photos, checkpoint, out):
    pixels = np.random.default_rng(1).integers(0, 256, (50, 40, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees clockwise
    turned = photos / "images" / "00.png"
    Image.fromarray(np.rot90(pixels, 1).copy()).save(turned, exif=exif)
    assert command() == 0
    upright = photos / "upright.png"
    Image.fromarray(pixels).save(upright)
    row = read_embeddings(out).embeddings[0]
    np.testing.assert_allclose(row, embedding(checkpoint, upright), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--clip", "no-such-clip"], "no-such-clip"),
        (["--data", "nowhere.csv"], "nowhere.csv: No such file or directory"),
        (
            ["--images", "nowhere", "--missing", "1"],
            "not one photo could be embedded: nowhere/00.png is not",
        ),
        (["--out", "."], ".: is a folder; name a file"),
    ],
)
def test_problems_are_one_line(command, more, said, capsys):
    assert command(*more) == 1
    lines = capsys.readouterr().err.splitlines()
    assert said in lines[-1]
    assert len([line for line in lines if line.startswith("earsight-train: ")]) == 1


def test_weights_that_are_not_numbers_are_refused(command, checkpoint, capsys):
    state = torch.load(checkpoint, weights_only=True)
    state["attnpool.c_proj.bias"][:] = float("nan")
    torch.save(state, checkpoint)
    assert command() == 1
    assert "00.png: its embedding is not finite" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [("--missing", "1.5"), ("--batch", "0"), ("--device", "tpu")])
def test_wrong_usage_exits_with_2(command, wrong):
    with pytest.raises(SystemExit) as ended:
        command(*wrong)
    assert ended.value.code == 2


def test_identity_is_of_the_weights_not_of_their_file(checkpoint, tmp_path):
    first = load_clip(str(checkpoint))
    torch.save({f"visual.{key}": value for key, value in first.state_dict().items()}, tmp_path / "other.pt")
    second = load_clip(str(tmp_path / "other.pt"))
    one, other = (embed.encoder_identity(str(n), net, SIDE) for n, net in enumerate((first, second)))
    assert one.same_network(other)
    with torch.no_grad():
        next(second.parameters()).flatten()[0] += 1e-3
    assert not one.same_network(embed.encoder_identity("0", second, SIDE))
