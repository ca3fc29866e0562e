"""Models of transformers that the captioner does not take, and one that was fetched before."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the huggingface extra")
pytest.importorskip("transformers", reason="transformers comes with the huggingface extra")

from earsight.captioners.huggingface import HuggingFaceCaptioner  # noqa: E402
from earsight.errors import CaptionerError  # noqa: E402
from tests.earsight.captioners import tiny_models  # noqa: E402


@pytest.fixture(scope="module")
def blip(tmp_path_factory) -> Path:
    return tiny_models.blip(tmp_path_factory.mktemp("blip"))


def refused(model: str | Path) -> str:
    with pytest.raises(CaptionerError) as caught:
        HuggingFaceCaptioner(model)
    message = str(caught.value)
    assert "\n" not in message
    assert str(model) in message
    return message


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    def refuse(*_, **__):
        pytest.fail("a wearable is offline")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    cache = tmp_path / "hub"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    return cache


@pytest.mark.usefixtures("no_network")
def test_a_name_that_was_not_fetched_says_how_to():
    assert "`hf download Salesforce/blip-image-captioning-base`" in refused(
        "Salesforce/blip-image-captioning-base"
    )


def test_a_name_that_was_fetched_is_found_without_a_network(no_network, blip):
    kept = no_network / "models--tiny--blip"
    shutil.copytree(blip, kept / "snapshots" / "abc")
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("abc", encoding="ascii")
    HuggingFaceCaptioner("tiny/blip", threads=1, beams=1, max_tokens=2).warm_up()


def test_a_folder_that_is_not_there(tmp_path):
    assert "config.json is missing" in refused(tmp_path / "gone")


def test_pickled_weights_are_refused(blip, tmp_path):
    folder = shutil.copytree(blip, tmp_path / "pickled")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    assert "safetensors" in refused(folder)


def test_code_of_the_model_is_never_run(blip, tmp_path):
    folder = shutil.copytree(blip, tmp_path / "coded")
    ran = tmp_path / "ran"
    (folder / "own.py").write_text(f"open({str(ran)!r}, 'w')\n", encoding="utf-8")
    (folder / "config.json").write_text(
        '{"model_type": "own", "auto_map": {"AutoConfig": "own.Config", '
        '"AutoModelForImageTextToText": "own.Model"}}',
        encoding="utf-8",
    )
    assert "can't be loaded" in refused(folder)
    assert not ran.exists()


def test_a_model_without_eyes(tmp_path):
    assert "can't be loaded" in refused(tiny_models.text_only(tmp_path))


@pytest.mark.parametrize("damage", ["cut", "config", "tokenizer", "processor", "weights"])
def test_damaged_models_are_told_of_in_a_line(blip, tmp_path, damage):
    folder = shutil.copytree(blip, tmp_path / "damaged")
    weights = folder / "model.safetensors"
    if damage == "cut":
        weights.write_bytes(weights.read_bytes()[:-1000])
    elif damage == "config":
        (folder / "config.json").write_text("{", encoding="ascii")
    elif damage == "tokenizer":
        (folder / "tokenizer.json").write_text("[]", encoding="ascii")
    elif damage == "processor":
        for path in folder.glob("*processor*"):
            path.unlink()
    else:
        from safetensors.torch import load_file, save_file

        tensors = load_file(weights)
        tensors.pop(next(name for name in tensors if "encoder.layers.0" in name))
        save_file(tensors, weights, metadata={"format": "pt"})
        assert "weights are missing" in refused(folder)
    refused(folder)
