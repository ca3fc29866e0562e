"""Bundles that are whole by their manifest, and whose graphs, weights or tables are not."""

import json
import shutil

import numpy as np
import pytest

from earsight.bundles.bundle import BundleError, bundle_folder, open_bundle, read_manifest
from earsight.captioners.onnx import OnnxCaptioner
from earsight.inference.providers import PROCESSOR
from tests.earsight.bundles.bundle_files import copy_of_the_built_in, reseal, write


def test_graphs_in_each_others_place(tmp_path):
    folder = copy_of_the_built_in(tmp_path)
    (folder / "decoder.onnx").unlink()
    shutil.copy(folder / "encoder.onnx", folder / "decoder.onnx")
    reseal(folder)
    with pytest.raises(BundleError, match=r"decoder\.onnx: not Earsight's decoder"):
        OnnxCaptioner(open_bundle(folder))


def test_a_side_that_the_encoder_does_not_take(tmp_path):
    folder = copy_of_the_built_in(tmp_path)
    content = json.loads((folder / "manifest.json").read_text())
    content["image"]["side"] -= 32
    write(folder, content)
    captioner = OnnxCaptioner(open_bundle(folder))
    with pytest.raises(BundleError, match=r"encoder\.onnx: does not fit the bundle: ") as caught:
        captioner.warm_up()
    assert str(caught.value).isprintable()


WEIGHTS = ["encoder.weights", "decoder.weights"]


def test_the_built_in_bundle_lists_its_weights():
    assert set(WEIGHTS) <= set(read_manifest(bundle_folder("builtin")).files)


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "not listed"])
@pytest.mark.parametrize("kept", [None, 0, 1000], ids=["missing", "empty", "truncated"])
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_are_not_whole(tmp_path, name, kept, listed):
    """Before anything is loaded, but for those that are neither there nor listed."""
    folder = copy_of_the_built_in(tmp_path)
    if not listed:
        content = json.loads((folder / "manifest.json").read_text())
        del content["files"][name]
        write(folder, content)
    whole = (folder / name).read_bytes()
    (folder / name).unlink()
    if kept is not None:
        (folder / name).write_bytes(whole[:kept])
    with pytest.raises(BundleError, match="copy the bundle again") as caught:
        OnnxCaptioner(open_bundle(folder), threads=1, provider=PROCESSOR)
    message = str(caught.value)
    assert message.isprintable(), repr(message)
    assert name in message if listed or kept is not None else name.split(".")[0] in message


def test_whole_weights_that_are_not_listed(tmp_path):
    """A flipped bit in them would not be noticed."""
    folder = copy_of_the_built_in(tmp_path)
    content = json.loads((folder / "manifest.json").read_text())
    del content["files"]["encoder.weights"]
    write(folder, content)
    with pytest.raises(BundleError, match=r"encoder\.weights: not listed in manifest\.json"):
        open_bundle(folder)


@pytest.mark.parametrize("elsewhere", ["../outside.weights", "/{folder}/outside.weights"])
def test_weights_outside_of_the_folder_are_not_read(tmp_path, elsewhere):
    onnx = pytest.importorskip("onnx")
    folder = copy_of_the_built_in(tmp_path)
    (folder / "encoder.weights").rename(tmp_path / "outside.weights")
    graph = onnx.load(folder / "encoder.onnx", load_external_data=False)
    for tensor in graph.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = elsewhere.format(folder=tmp_path)
    onnx.save(graph, folder / "encoder.onnx")
    content = json.loads((folder / "manifest.json").read_text())
    del content["files"]["encoder.weights"]
    write(folder, content)
    reseal(folder)
    with pytest.raises(BundleError, match=r"encoder\.onnx: can't be loaded: "):
        OnnxCaptioner(open_bundle(folder), threads=1, provider=PROCESSOR)


def test_a_table_of_another_decoder(tmp_path):
    """Rows that are too narrow for it."""
    folder = copy_of_the_built_in(tmp_path)
    table = np.load(folder / "tokens.npy")
    np.save(folder / "tokens.npy", table[:, :-1])
    reseal(folder)
    with pytest.raises(BundleError, match="export the bundle again"):
        OnnxCaptioner(open_bundle(folder), threads=1, provider=PROCESSOR).warm_up()
