import hashlib
import sys
import urllib.error
from http.client import IncompleteRead
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from safetensors.torch import save_file  # noqa: E402

from earsight_training.networks import clip_weights  # noqa: E402
from earsight_training.networks.clip_encoders import ClipError, clip_image_encoder, prepare  # noqa: E402
from earsight_training.networks.clip_networks import PIXEL_MEAN, PIXEL_STD  # noqa: E402
from earsight_training.networks.clip_weights import load_clip  # noqa: E402
from tests.training.clip_models import (  # noqa: E402
    assert_same_embeddings,
    clip_network,
    clip_state,
    photos,
    write_archive,
)

# TorchScript has no future in torch, but OpenAI's files are of it.
pytestmark = pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning", "ignore:.*torch.jit")


@pytest.fixture(scope="module")
def state():
    return clip_state(half=True)


def same(encoder, state):
    wanted = clip_image_encoder(state).state_dict()
    loaded = encoder.state_dict()
    return wanted.keys() == loaded.keys() and all(torch.equal(wanted[key], loaded[key]) for key in wanted)


def save_tower(state, path):
    torch.save(clip_image_encoder(state).state_dict(), path)


@pytest.mark.parametrize(
    ("name", "save"),
    [
        ("RN50x4.pt", lambda state, path: write_archive(path, state)),
        ("state.pt", torch.save),
        ("state.safetensors", save_file),
        ("tower.pt", save_tower),
    ],
)
def test_files_of_every_kind(tmp_path, state, name, save):
    save(state, tmp_path / name)
    encoder = load_clip(str(tmp_path / name))
    assert same(encoder, state)
    assert {value.dtype for value in encoder.parameters()} == {torch.float32}
    assert not encoder.training


def traced(state, path):
    """What OpenAI's files are: their whole network in half precision, traced."""
    network = clip_network().build_model(dict(state))
    side = network.visual.input_resolution
    pixels = torch.rand(1, 3, side, side, dtype=torch.float16)
    tokens = torch.ones(1, network.context_length, dtype=torch.int64)
    torch.jit.trace(network, (pixels, tokens), check_trace=False).save(str(path))
    return network


@pytest.mark.parametrize("name", ["small resnet", "small transformer"])
def test_an_archive_traced_from_clips_own_network(tmp_path, name):
    state = clip_state(name, half=True)
    traced(state, tmp_path / "traced.pt")
    assert same(load_clip(str(tmp_path / "traced.pt")), state)


def refusal(name, **options):
    with pytest.raises(ClipError) as refused:
        load_clip(str(name), **options)
    assert "\n" not in str(refused.value)
    return str(refused.value)


class Callout:
    """What a hostile checkpoint would hold."""

    def __reduce__(self):
        return print, ("called",)


def test_no_code_is_run_from_a_file(tmp_path, capsys):
    path = tmp_path / "hostile.pt"
    torch.save({"visual.conv1.weight": Callout()}, path)
    assert f"{path}: it holds other Python objects than tensors" in refusal(path)
    assert capsys.readouterr().out == ""


@given(
    st.binary(max_size=60) | st.sampled_from([b"PK\x03\x04", b"\x80\x02", b"{}", b"\x89PNG"]),
    st.sampled_from([".pt", ".safetensors", ""]),
)
def test_files_of_anything_else(tmp_path_factory, content, suffix):
    path = tmp_path_factory.getbasetemp() / f"junk{suffix}"
    path.write_bytes(content)
    assert str(path) in refusal(path)


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_half_a_download(tmp_path, state, suffix, share):
    path = tmp_path / f"clip{suffix}"
    write_archive(path, state) if suffix == ".pt" else save_file(state, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert f"{path}: cut off after {int(share * len(whole)):,} bytes" in refusal(path)


@pytest.mark.parametrize("content", [{"epochs": 3, "model": {}}, {0: torch.zeros(2)}, torch.zeros(2), [1, 2]])
def test_other_checkpoints_are_no_state_dicts(tmp_path, content):
    torch.save(content, tmp_path / "run.pt")
    assert "run.pt: not a state dict: it holds other things than tensors" in refusal(tmp_path / "run.pt")


def test_another_models_weights_are_named_with_their_file(tmp_path):
    save_file({"gpt.wte.weight": torch.zeros(2, 3)}, tmp_path / "gpt2.safetensors")
    assert "gpt2.safetensors: not an image encoder of OpenAI's CLIP" in refusal(tmp_path / "gpt2.safetensors")


@pytest.mark.parametrize("name", ["RN50x5", "missing.pt", "", "."])
def test_unknown_names_bring_the_known_ones(name):
    assert f"{name}: no such file, and none of OpenAI's names for CLIP (RN50, RN101, RN50x4" in refusal(name)


@pytest.fixture
def published(tmp_path, monkeypatch, state):
    """RN50x4 as if OpenAI had published small random weights, and a home with nothing in it."""
    archive = write_archive(tmp_path / "archive.pt", state)
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    monkeypatch.setitem(clip_weights.PUBLISHED, "RN50x4", ("RN50x4.pt", sha256))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    cache = tmp_path / "home" / ".cache" / "clip"
    cache.mkdir(parents=True)
    return archive, cache / "RN50x4.pt"


@pytest.fixture
def no_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "clip", None)


@pytest.mark.usefixtures("no_package")
@pytest.mark.parametrize("local_files_only", [False, True])
def test_what_was_downloaded_before_is_used_without_the_package(published, state, local_files_only):
    archive, cached = published
    archive.rename(cached)
    assert same(load_clip("RN50x4", local_files_only=local_files_only), state)


def test_local_files_only(published, monkeypatch):
    archive, cached = published
    monkeypatch.setitem(sys.modules, "clip", SimpleNamespace(load=lambda *_, **__: pytest.fail("asked clip")))
    assert f"{cached} is missing or not what OpenAI published" in refusal("RN50x4", local_files_only=True)
    cached.write_bytes(archive.read_bytes()[:-1])
    assert f"{cached} is missing or not what OpenAI published" in refusal("RN50x4", local_files_only=True)


@pytest.mark.usefixtures("published")
def test_a_name_is_downloaded_by_the_package(monkeypatch, state):
    asked = []

    def load(name, device, jit):
        asked.append((name, device, jit))
        return SimpleNamespace(state_dict=lambda: state), None

    monkeypatch.setitem(sys.modules, "clip", SimpleNamespace(load=load))
    assert same(load_clip("RN50x4"), state)
    assert asked == [("RN50x4", "cpu", False)]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "error",
    [
        urllib.error.URLError("Name or service not known"),
        IncompleteRead(b"half of it", 1000),
        RuntimeError("Model has been downloaded but the SHA256 checksum does not match"),
        OSError(28, "No space left on device"),
    ],
)
def test_a_download_that_fails(monkeypatch, error):
    def load(*_, **__):
        raise error

    monkeypatch.setitem(sys.modules, "clip", SimpleNamespace(load=load))
    assert f"RN50x4: can't be downloaded ({error}); give a checkpoint file" in refusal("RN50x4")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("package", [None, SimpleNamespace()], ids=["none", "another package of that name"])
def test_without_the_package_a_name_is_refused(monkeypatch, package):
    monkeypatch.setitem(sys.modules, "clip", package)
    message = refusal("RN50x4")
    assert "RN50x4: OpenAI's package clip can't be imported" in message
    assert "pip install 'earsight[clip]', or give a checkpoint file" in message


def clip_pixels(pixels):
    """uint8 (batch, side, side, 3) as CLIP's ToTensor and Normalize give them."""
    mean, std = (torch.tensor(of_colours)[:, None, None] for of_colours in (PIXEL_MEAN, PIXEL_STD))
    return (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255 - mean) / std


@pytest.mark.heavy
@torch.no_grad()
def test_rn50x4_at_full_size(tmp_path):
    path = tmp_path / "RN50x4.pt"
    theirs = traced(clip_state("RN50x4", half=True), path).float()
    ours = load_clip(str(path))
    pixels = np.stack([prepare(photo, ours.side) for photo in photos()])
    embeddings = ours(torch.from_numpy(pixels).permute(0, 3, 1, 2).float())
    assert embeddings.shape == (len(pixels), 640)
    assert_same_embeddings(embeddings, theirs.encode_image(clip_pixels(pixels)))
