"""Bundles with several encoders: the built-in one, with its encoder in it twice."""

import hashlib
import json
import shutil

import numpy as np
import pytest

from earsight.bundles.bundle import BundleError, bundle_folder, open_bundle
from earsight.captioners import fastest_encoder
from earsight.captioners.fastest_encoder import load_fastest_encoder
from earsight.captioners.onnx import OnnxCaptioner
from earsight.inference.providers import PROCESSOR

OTHER = "encoder.float32.onnx"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """As systemd names the service's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("CACHE_DIRECTORY", f"{folder}:/somewhere/else")
    return folder


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "bundle"
    shutil.copytree(bundle_folder("builtin"), folder)
    shutil.copyfile(folder / "encoder.onnx", folder / OTHER)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][OTHER] = hashlib.sha256((folder / OTHER).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def measured(monkeypatch):
    """The encoders that are measured; the other one seems to be the faster."""
    names = []

    def seconds(_, encoder):
        names.append(encoder.path.name)
        return 1.0 if encoder.path.name == OTHER else 2.0

    monkeypatch.setattr(fastest_encoder, "_seconds", seconds)
    return names


def chosen(folder):
    return load_fastest_encoder(open_bundle(folder), 1, PROCESSOR).path.name


def test_the_fastest_is_taken_and_remembered(folder, cache, measured):
    assert chosen(folder) == OTHER
    assert sorted(measured) == [OTHER, "encoder.onnx"]
    assert [path.read_text() for path in cache.iterdir()] == [OTHER]
    assert chosen(folder) == OTHER
    assert len(measured) == 2, "asked once"


def test_other_circumstances_are_measured_anew(folder, measured):
    chosen(folder)
    load_fastest_encoder(open_bundle(folder), 2, PROCESSOR)
    assert len(measured) == 4


def test_it_is_really_timed(folder, cache):
    assert chosen(folder) in ("encoder.onnx", OTHER)
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"encoder.gone.onnx", b"../encoder.onnx", b"\xff\xfe"])
def test_a_damaged_memory_is_measured_again(folder, cache, measured, content):
    chosen(folder)
    next(cache.iterdir()).write_bytes(content)
    assert chosen(folder) == OTHER
    assert len(measured) == 4


def test_a_folder_that_can_not_be_written_is_no_failure(folder, cache, measured):
    cache.write_text("a file where the folder should be")
    assert chosen(folder) == chosen(folder) == OTHER
    assert len(measured) == 4


def test_one_encoder_needs_no_choice(cache, measured):
    assert chosen(bundle_folder("builtin")) == "encoder.onnx"
    assert not measured
    assert not cache.exists()


@pytest.mark.usefixtures("measured")
def test_without_systemd_it_is_the_users_cache(folder, monkeypatch, tmp_path):
    monkeypatch.delenv("CACHE_DIRECTORY")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    chosen(folder)
    assert len(list((tmp_path / "xdg" / "earsight").iterdir())) == 1


def test_a_damaged_encoder_is_an_error_though_another_is_whole(folder):
    (folder / OTHER).write_bytes(b"no graph")
    with pytest.raises(BundleError, match=OTHER):
        open_bundle(folder)


def test_whichever_is_taken_the_words_are_the_same(folder):
    pixels = np.random.default_rng(2).integers(0, 256, (60, 80, 3), np.uint8)
    both = [OnnxCaptioner(open_bundle(f), threads=1) for f in (folder, bundle_folder("builtin"))]
    texts = [captioner.describe(captioner.encode(captioner.prepare(pixels)))[0].text for captioner in both]
    assert texts[0] == texts[1]
