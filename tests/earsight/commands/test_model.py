"""`earsight model`, and bundles that are damaged."""

import json
import re

import pytest

from earsight import cli
from tests.earsight.commands.process import (
    one_line,
)
from tests.earsight.detectors.tiny_graphs import detector_only, with_detector, with_place_head


def test_a_damaged_bundle(photos, damaged, capsys):
    for words in (
        ["describe", "--bundle", str(damaged), str(photos / "good.jpg")],
        ["model", "verify", str(damaged)],
    ):
        assert cli.main(words) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert f"{damaged / 'encoder.onnx'}: damaged" in one_line(printed.err)


def test_a_bundle_with_a_wrong_hash(damaged, capsys):
    manifest = json.loads((damaged / "manifest.json").read_text())
    manifest["files"]["decoder.onnx"] = "0" * 64
    del manifest["files"]["encoder.onnx"]
    manifest["files"]["encoder.onnx"] = "0" * 64
    (damaged / "manifest.json").write_text(json.dumps(manifest))
    assert cli.main(["model", "verify", str(damaged)]) == 1
    assert "sha256" in one_line(capsys.readouterr().err)


def test_model_info_and_verify(capsys):
    assert cli.main(["model", "info", "builtin", "--provider", "cpu"]) == 0
    printed = capsys.readouterr().out
    assert "MB, licence: " in printed
    assert re.search(r"\nruns: encoder\.onnx(, [a-z]+\.onnx)* and [a-z]+\.onnx on CPU\n", printed)
    assert "\ncaptions in en, id: pictures of " in printed
    assert cli.main(["model", "verify", "builtin"]) == 0
    assert one_line(capsys.readouterr().out).endswith(": whole")


def test_model_info_tells_of_a_provider_that_is_missing(capsys):
    assert cli.main(["model", "info", "builtin", "--provider", "abacus"]) == 0
    printed = capsys.readouterr().out
    assert ".onnx on CPU\ncaptioner.provider: this ONNX" in printed
    assert "has no abacus" in printed


def test_model_info_tells_all_that_a_bundle_can_do(tmp_path, capsys):
    folder = with_place_head(with_detector(tmp_path))
    assert cli.main(["model", "verify", str(folder)]) == 0
    capsys.readouterr()
    assert cli.main(["model", "info", str(folder), "--provider", "cpu"]) == 0
    printed = capsys.readouterr().out
    assert "\nobjects: pictures of 32 x 32; 3 classes: person, dog, car\n" in printed
    assert "\nplaces: street, kitchen; grounds: road, grass\n" in printed
    assert "\nruns: encoder.onnx, decoder.onnx, detector.onnx and place.onnx on CPU\n" in printed


def test_a_bundle_that_only_finds_objects(tmp_path, capsys):
    folder = detector_only(tmp_path)
    assert cli.main(["model", "verify", str(folder)]) == 0
    assert one_line(capsys.readouterr().out).endswith(": whole")
    assert cli.main(["model", "info", str(folder), "--provider", "cpu"]) == 0
    printed = capsys.readouterr().out
    assert "captions" not in printed
    assert "\nruns: detector.onnx on CPU\n" in printed


def test_verify_finds_a_detector_that_does_not_fit(tmp_path, capsys):
    folder = with_detector(tmp_path, classes=[{"name": "person"}])
    assert cli.main(["model", "verify", str(folder)]) == 1
    assert "detector.onnx: gives scores (4, 3)" in one_line(capsys.readouterr().err)


@pytest.mark.parametrize("action", ["info", "verify"])
def test_model_of_what_is_no_bundle(tmp_path, capsys, action):
    assert cli.main(["model", action, str(tmp_path)]) == 1
    assert "not a model bundle" in one_line(capsys.readouterr().err)


def test_model_info_with_a_card_that_is_no_text(damaged, capsys):
    (damaged / "MODEL_CARD.md").write_bytes(b"\xff\xfe a card\n")
    assert cli.main(["model", "info", str(damaged)]) == 0
    printed = capsys.readouterr().out
    assert "a card" in printed
    assert "\ndoes not run: " in printed
    assert ": damaged (its sha256 is not the manifest's)" in printed
