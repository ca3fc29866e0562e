"""`earsight describe`."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from earsight import cli
from earsight.commands.describe import _Described, _row
from earsight.commands.described_rows import evidence_row
from earsight.detectors.detector import Detection, Detections
from earsight.language.language import CANT_TELL, PROBLEMS, Description
from earsight.scene import Box, DetectedObject, Frame, Place, Scene
from earsight.vision.describer import Look
from earsight.vision.recognition import ObjectEvidence
from earsight.vision.stages import Stage
from earsight_bundle.manifest import ObjectClass
from tests.earsight.captioners.remote.other_machine import OtherMachine, says
from tests.earsight.commands.process import (
    SPEECH,
    UNWRITABLE,
    earsight,
    environment,
    loudness,
    one_line,
    unwritable,
)
from tests.earsight.detectors.tiny_graphs import with_detector, with_place_head
from tests.earsight.words import english

GOOD = ["good.jpg", "grey.png", "cmyk.jpg", "transparent.png", "deep.png", "sideways.jpg"]
BAD = {
    "dot.png": "too small",
    "empty.jpg": "empty",
    "broken.jpg": "cut off",
    "truncated.png": "cut off",
    "text.jpg": "not a photo",
    "folder.jpg": "folder",
    "large.png": "100 megapixels",
    "missing.jpg": "is not there",
}


@pytest.fixture
def dark(tmp_path):
    path = tmp_path / "dark.png"
    Image.fromarray(np.full((120, 160, 3), 5, np.uint8)).save(path)
    return path


def test_describe_all_kinds_of_photos(photos, capsys):
    assert cli.main(["describe", *(str(photos / name) for name in GOOD)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    lines = printed.out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [str(photos / name) for name in GOOD]
    assert all(line.endswith(".") for line in lines)


def test_describe_says_what_is_wrong_with_each_and_describes_the_rest(photos, capsys):
    names = [*BAD, "good.jpg"]
    assert cli.main(["describe", *(str(photos / name) for name in names)]) == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 1
    problems = printed.err.splitlines()
    assert len(problems) == len(BAD)
    for (name, reason), problem in zip(BAD.items(), problems, strict=True):
        assert problem.startswith("earsight: ")
        assert name in problem
        assert reason in problem


def test_describe_in_indonesian(dark, capsys):
    assert cli.main(["describe", "--language", "id", str(dark)]) == 0
    assert capsys.readouterr().out == f"{dark}: Gambarnya terlalu gelap.\n"


def test_describe_a_100_megapixel_jpeg(tmp_path, capsys):
    path = tmp_path / "huge.jpg"
    Image.new("L", (10_000, 10_000), 90).save(path)
    assert cli.main(["describe", str(path)]) == 0
    assert capsys.readouterr().err == ""


ABSTENTIONS = {english(said) for said in (CANT_TELL, *PROBLEMS.values())}
KEYS = [
    *("image", "said", "abstained", "caption", "confidence", "language", "problem"),
    *("objects", "place", "ground", "timings_ms"),
]


def rows(printed):
    return [json.loads(line) for line in printed.splitlines()]


def test_describe_as_json(photos, capsys):
    assert cli.main(["describe", "--json", str(photos / "good.jpg")]) == 0
    printed = capsys.readouterr()
    (row,) = rows(printed.out)
    assert list(row) == KEYS
    assert row["image"] == str(photos / "good.jpg")
    assert row["caption"]
    assert 0 <= row["confidence"] <= 1
    assert row["language"] == "en"
    assert row["problem"] is None
    timings = row["timings_ms"]
    others = [name for name in timings if name not in ("place", "detect")]
    assert others == ["load", "quality", "preprocess", "encode", "decode", "total"]
    assert all(value >= 0 for value in timings.values())
    assert timings["total"] == pytest.approx(sum(timings.values()) - timings["total"], abs=0.1)
    assert printed.err == ""


@pytest.mark.parametrize("style", ["hedged", "careful"])
def test_describe_as_json_says_what_it_says_without(photos, dark, capsys, style):
    names = [str(photos / "good.jpg"), str(photos / "grey.png"), str(dark)]
    assert cli.main(["describe", "--style", style, *names]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert cli.main(["describe", "--style", style, "--json", *names]) == 0
    described = rows(capsys.readouterr().out)
    assert [f"{row['image']}: {row['said']}" for row in described] == lines
    assert [row["abstained"] for row in described] == [row["said"] in ABSTENTIONS for row in described]


def test_describe_as_json_has_an_object_for_a_photo_that_fails(photos, capsys):
    names = [str(photos / name) for name in ("text.jpg", "good.jpg", "missing.jpg")]
    assert cli.main(["describe", "--json", *names]) == 1
    printed = capsys.readouterr()
    text, good, missing = rows(printed.out)
    assert text == {"image": names[0], "error": text["error"]}
    assert text["error"].startswith("text.jpg is not a photo")
    assert list(good) == KEYS
    assert missing["image"] == names[2]
    assert "missing.jpg is not there" in missing["error"]
    assert printed.err == "", "the object says it"


def test_describe_as_json_tells_what_is_wrong_with_a_picture(dark, capsys):
    assert cli.main(["describe", "--json", str(dark)]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert row["problem"] == "dark"
    assert row["said"] == "The picture is too dark."
    assert row["abstained"]
    assert (row["caption"], row["confidence"], row["language"]) == (None, None, None)
    assert list(row["timings_ms"]) == ["load", "quality", "total"]


def test_describe_evidence(photos, dark, capsys):
    assert cli.main(["describe", "--json", "--evidence", str(photos / "good.jpg"), str(dark)]) == 0
    row, bad = rows(capsys.readouterr().out)
    assert list(row) == list(bad) == [*KEYS, "calibrated_as", "captions", "detections", "presence"]
    assert row["calibrated_as"] == "onnx builtin"
    assert row["captions"][0]["caption"] == row["caption"]
    assert row["captions"][0]["confidence"] == row["confidence"]
    evidence = row["captions"][0]["evidence"]
    assert evidence["lowest_log_prob"] <= evidence["mean_log_prob"] <= 0
    assert 0 < evidence["agreement"] <= 1
    assert bad["problem"] == "dark"
    assert bad["captions"][0]["caption"]


def test_objects_and_place_as_json():
    found = DetectedObject("chair", 0.81234, Box(0.1, 0.25, 0.400001, 1.0))
    frame = Frame(np.zeros((2, 2, 3), np.uint8), 0.0)
    scene = Scene(0.0, objects=(found,), place=Place("kitchen", 0.712345))
    look = Look(scene, {Stage.ENCODE: 0.25})
    row = _row(_Described(frame, look, 0.5, Description("A chair.", False)))
    chair = {"name": "chair", "confidence": 0.8123, "box": [0.1, 0.25, 0.4, 1.0], "direction": "left"}
    assert ["image", *row] == KEYS
    assert json.loads(json.dumps(row))["objects"] == [chair]
    assert (row["place"], row["ground"]) == ({"name": "kitchen", "confidence": 0.7123}, None)
    assert row["timings_ms"] == {"load": 500.0, "encode": 250.0, "total": 750.0}


def test_the_evidence_of_objects_is_what_a_calibration_is_fitted_on():
    classes = (ObjectClass(name="chair", bias=1.0), ObjectClass(name="dog", presence=0.5))
    seen = (Detection(0, 0.5, Box(0.1, 0.25, 0.400001, 1.0)), Detection(1, 0.06, Box(0, 0, 1, 1)))
    head = np.array([0.25, -2], np.float32)
    evidence = ObjectEvidence(classes, Detections(seen, np.array([0.5, 0.06], np.float32)), head)
    row = json.loads(json.dumps(evidence_row(Look(Scene(0.0), {}, evidence), "onnx x")))
    assert row["captions"] == []
    assert row["detections"] == [
        {"name": "chair", "score": 0.5, "confidence": 0.7311, "box": [0.1, 0.25, 0.4, 1.0]},
        {"name": "dog", "score": 0.06, "confidence": 0.0229, "box": [0, 0, 1, 1]},
    ]
    assert row["presence"] == {
        "chair": {"probability": 0.7311, "score": 0.5, "head": 0.25},
        "dog": {"probability": 0.0229, "score": 0.06, "head": -2},
    }
    headless = ObjectEvidence(classes, Detections(seen, np.array([0.5, 0.06], np.float32)), None)
    assert evidence_row(Look(Scene(0.0), {}, headless), "")["presence"]["dog"]["head"] is None


def test_the_evidence_of_a_bad_picture_has_its_detections_too(tmp_path, dark, capsys):
    folder = with_place_head(with_detector(tmp_path))
    assert cli.main(["describe", "--json", "--evidence", "--bundle", str(folder), str(dark)]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert (row["problem"], row["objects"], row["place"]) == ("dark", [], None)
    assert row["captions"]
    assert list(row["presence"]) == ["person", "dog", "car"]


def test_a_photo_without_a_name_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["describe", ""])
    assert ended.value.code == 2
    assert "argument PHOTO: the path is empty" in capsys.readouterr().err


def test_describe_in_the_careful_style(photos, capsys):
    assert cli.main(["describe", "--style", "hedged", str(photos / "good.jpg")]) == 0
    hedged = capsys.readouterr().out
    assert cli.main(["describe", "--style", "careful", str(photos / "good.jpg")]) == 0
    careful = capsys.readouterr().out
    assert len(careful.split()) <= len(hedged.split())
    assert careful.startswith(f"{photos / 'good.jpg'}: ")
    assert "maybe" not in careful


@SPEECH
@pytest.mark.parametrize("method", ["greedy", "nucleus"])
def test_describe_by_another_decoding(photos, capsys, method):
    names = ["--json", "--evidence", str(photos / "good.jpg")]
    found = {}
    for each in (method, "beam"):
        assert cli.main(["describe", "--decode", each, *names]) == 0
        (row,) = rows(capsys.readouterr().out)
        found[each] = row["captions"]
    assert found[method] != found["beam"]
    assert len(found[method]) == 1 or method == "nucleus"
    assert len(found["beam"]) > 1


def test_models_of_transformers_decode_in_their_own_way(photos, capsys):
    words = ["describe", "--model", "gpt2", "--decode", "greedy", str(photos / "good.jpg")]
    assert cli.main(words) == 1
    assert "leave it out with --model" in capsys.readouterr().err


def test_describe_into_a_wav_file(photos, tmp_path, capsys):
    said = tmp_path / "said.wav"
    assert cli.main(["describe", str(photos / "good.jpg"), "--wav", str(said)]) == 0
    assert capsys.readouterr().err == ""
    assert loudness(said) > 500


@pytest.mark.parametrize("kind", UNWRITABLE)
def test_describe_into_what_can_not_be_written(photos, tmp_path, capsys, kind):
    path = unwritable(kind, tmp_path)
    assert cli.main(["describe", str(photos / "good.jpg"), "--wav", str(path)]) == 1
    message = one_line(capsys.readouterr().err)
    assert message.startswith("earsight: ")
    assert str(path) in message


def test_describe_says_of_a_dark_photo_what_the_service_says(dark, capsys):
    assert cli.main(["describe", str(dark)]) == 0
    assert capsys.readouterr().out == f"{dark}: The picture is too dark.\n"


def test_a_name_that_is_no_text(photos, tmp_path):
    name = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    shutil.copy(photos / "good.jpg", name)
    ended = earsight("describe", name, tmp_path=tmp_path, env=environment(tmp_path, LC_ALL="C.UTF-8"))
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert rb"caf\udce9.jpg: " in ended.stdout


def test_the_settings_of_a_file(photos, tmp_path, capsys):
    """Its engine describes, and what its captions are calibrated as can be read."""
    machine = OtherMachine(says("A cat on a mat."))
    settings = tmp_path / "earsight.yaml"
    remote = f"{{url: '{machine.url}', model: tiny}}"
    settings.write_text(f"captioner: {{engine: openai, max_tokens: 4, beams: 1, remote: {remote}}}\n")
    words = ["describe", "--json", "--evidence", "--config", str(settings), str(photos / "good.jpg")]
    assert cli.main(words) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["caption"], row["confidence"]) == ("a cat on a mat", 0.3)
    assert row["calibrated_as"].startswith("openai tiny ")
    assert row["captions"][0]["evidence"].keys() >= {"support", "mean_log_prob"}
    machine.close()
