"""earsight bench, whole."""

import json
import shutil

import pytest
from PIL import Image

from earsight import cli
from earsight.bench.stages import STAGES
from earsight.bundles.bundle import bundle_folder, read_manifest
from tests.earsight.stand_ins import painted


@pytest.fixture
def photo(tmp_path):
    Image.fromarray(painted("red")).save(tmp_path / "red.jpg")
    return tmp_path / "red.jpg"


@pytest.fixture
def broken(tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(bundle_folder("builtin"), folder)
    with (folder / "decoder.onnx").open("ab") as file:
        file.write(b"\0")
    return folder


def test_json_has_every_figure(photo, capsys):
    words = ["bench", "--photo", str(photo), "--captions", "2", "--tokens", "7", "--beams", "3", "--json"]
    assert cli.main([*words, "--threads", "1"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {"processor", "cores", "memory_gb", "onnxruntime"} <= set(report["machine"])
    assert (report["photo"], report["captions"], report["threads"]) == (str(photo), 2, 1)
    (bundle,) = report["bundles"]
    assert (bundle["bundle"], bundle["beams"], bundle["tokens"]) == ("builtin", 3, 7)
    assert bundle["caption"]

    load = bundle["load_ms"]
    assert load["check"] + load["graphs"] + load["warm_up"] == pytest.approx(load["total"], abs=0.3)
    assert load["ready"] > load["total"]

    stages = bundle["stages_ms"]
    optional = {"place", "detect"} - stages.keys()
    assert list(stages) == [stage for stage in STAGES if stage not in optional]
    for figures in stages.values():
        assert 0 < figures["median"] <= figures["p95"] <= figures["p99"]
    assert stages["total"]["median"] > max(
        stages[name]["median"] for name in ("encode", "decode", "preprocess")
    )
    assert stages["decode"]["median"] > stages["prefill"]["median"] + stages["step"]["median"]

    memory = bundle["resident_mb"]
    assert 20 < memory["loaded"] <= memory["peak"]
    assert memory["captioned"] <= memory["peak"] < 400, "the roofline's buffers are not the bundle's"

    roofline = bundle["roofline"]
    assert min(roofline[rate] for rate in ("float32_gflops", "int8_gops", "memory_gb_s")) > 0
    works = ["encode", "detect", "prefill", "step", "decode"]
    assert list(roofline["stages"]) == [stage for stage in works if stage not in optional]
    for name, stage in roofline["stages"].items():
        assert stage["float_macs"] > 0
        assert stage["bytes"] > 0
        assert stage["ratio"] == pytest.approx(stages[name]["median"] / stage["ms"], rel=0.05, abs=0.01)
    step, decode = roofline["stages"]["step"], roofline["stages"]["decode"]
    assert decode["bytes"] > 6 * step["bytes"]


def test_bundles_side_by_side_as_a_table(photo, capsys, tmp_path):
    shutil.copytree(bundle_folder("builtin"), tmp_path / "another")
    bundles = ["builtin", str(tmp_path / "another")]
    assert cli.main(["bench", *bundles, "--photo", str(photo), "--captions", "1", "--tokens", "1"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    lines = {
        line.rsplit(maxsplit=2)[0].strip(): line.split()[-2:] for line in printed.out.splitlines() if line
    }
    assert lines["bundle"] == bundles
    assert lines["tokens of a caption, mean"] == ["1.00", "1.00"]
    assert lines["step, median, ms"] == ["-", "-"], "a caption of one token takes no step"
    assert all(float(value) > 0 for value in lines["encode, median, ms"])


@pytest.mark.parametrize("bundle", ["broken", "missing"])
def test_a_bundle_that_can_not_be_measured_is_one_line(bundle, broken, photo, capfd):
    folder = broken.with_name(bundle)
    assert cli.main(["bench", str(folder), "--photo", str(photo)]) == 1
    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith(f"earsight: {folder}")


def test_more_tokens_than_the_bundle_has_room_for(photo, capfd):
    assert cli.main(["bench", "--photo", str(photo), "--tokens", "500"]) == 1
    error = capfd.readouterr().err
    assert error.count("\n") == 1
    longest = read_manifest(bundle_folder("builtin")).decode.max_tokens
    assert f"at most {longest} tokens" in error


def test_a_photo_that_is_none(tmp_path, capfd):
    assert cli.main(["bench", "--photo", str(tmp_path / "missing.jpg"), "--captions", "1"]) == 1
    assert "missing.jpg" in capfd.readouterr().err


def test_without_demo_photos_one_has_to_be_named(monkeypatch, capfd):
    monkeypatch.setattr("earsight.cameras.replay.find_spec", lambda _: None)
    assert cli.main(["bench"]) == 1
    assert "--photo FILE" in capfd.readouterr().err


@pytest.mark.parametrize(
    "words", [["--captions", "0"], ["--tokens", "x"], ["--beams", "65"], ["--threads", "-1"]]
)
def test_wrong_usage(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["bench", *words])
    assert stopped.value.code == 2
    assert words[0] in capsys.readouterr().err
