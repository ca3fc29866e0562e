"""`earsight describe`."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from earsight import cli
from earsight.language.language import CANT_TELL
from tests.earsight.commands.process import (
    SPEECH,
    UNWRITABLE,
    earsight,
    environment,
    loudness,
    one_line,
    unwritable,
)
from tests.earsight.words import english

GOOD = ["good.jpg", "grey.png", "cmyk.jpg", "transparent.png", "deep.png", "sideways.jpg"]
BAD = {
    "dot.png": "too small",
    "empty.jpg": "empty",
    "broken.jpg": "broken",
    "truncated.png": "broken",
    "text.jpg": "not a photo",
    "folder.jpg": "folder",
    "large.png": "100 megapixels",
    "missing.jpg": "no file",
}


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


def test_describe_a_100_megapixel_jpeg(tmp_path, capsys):
    path = tmp_path / "huge.jpg"
    Image.new("L", (10_000, 10_000), 90).save(path)
    assert cli.main(["describe", str(path)]) == 0
    assert capsys.readouterr().err == ""


def test_describe_as_json(photos, capsys):
    assert cli.main(["describe", "--json", str(photos / "good.jpg"), str(photos / "text.jpg")]) == 1
    printed = capsys.readouterr()
    row = json.loads(one_line(printed.out))
    assert list(row) == ["image", "caption", "confidence", "timings_ms"]
    assert row["image"] == str(photos / "good.jpg")
    assert isinstance(row["caption"], str)
    assert 0 <= row["confidence"] <= 1
    timings = row["timings_ms"]
    assert list(timings) == ["preprocess", "encode", "decode", "total"]
    assert all(value >= 0 for value in timings.values())
    parts = timings["preprocess"] + timings["encode"] + timings["decode"]
    assert timings["total"] == pytest.approx(parts, abs=0.1)
    assert "text.jpg" in one_line(printed.err)


def test_describe_evidence(photos, capsys):
    assert cli.main(["describe", "--json", "--evidence", str(photos / "good.jpg")]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["captions"][0]["caption"] == row["caption"]
    evidence = row["captions"][0]["evidence"]
    assert evidence["lowest_log_prob"] <= evidence["mean_log_prob"] <= 0
    assert 0 < evidence["agreement"] <= 1
    assert row["says"].endswith(".")
    assert row["abstains"] == (row["says"] == english(CANT_TELL))


def test_describe_in_the_careful_style(photos, capsys):
    assert cli.main(["describe", "--style", "hedged", str(photos / "good.jpg")]) == 0
    hedged = capsys.readouterr().out
    assert cli.main(["describe", "--style", "careful", str(photos / "good.jpg")]) == 0
    careful = capsys.readouterr().out
    assert len(careful.split()) <= len(hedged.split())
    assert careful.startswith(f"{photos / 'good.jpg'}: ")
    assert "maybe" not in careful


@SPEECH
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


def test_describe_says_of_a_dark_photo_what_the_service_says(tmp_path, capsys):
    photo = tmp_path / "dark.png"
    Image.fromarray(np.full((120, 160, 3), 5, np.uint8)).save(photo)
    assert cli.main(["describe", str(photo)]) == 0
    assert capsys.readouterr().out == f"{photo}: The picture is too dark.\n"


def test_a_name_that_is_no_text(photos, tmp_path):
    name = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    shutil.copy(photos / "good.jpg", name)
    ended = earsight("describe", name, tmp_path=tmp_path, env=environment(tmp_path, LC_ALL="C.UTF-8"))
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert rb"caf\udce9.jpg: " in ended.stdout
