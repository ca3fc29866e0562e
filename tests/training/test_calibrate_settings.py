"""How far a captioner that is no bundle is to be believed, from settings to a device that goes by it."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight import cli as device
from earsight_bundle.profile import read_profile
from earsight_training.cli import main
from tests.earsight.captioners.remote.other_machine import (
    Line,
    OtherMachine,
    Received,
    answering,
    completion,
    http,
)


def names_what_is_red(line: Line, request: Received) -> None:
    """It is sure of red squares, and right; it makes up a dog otherwise, and is unsure."""
    (message,) = request.json["messages"]
    content = b64decode(message["content"][1]["image_url"]["url"].partition(",")[2])
    red, green, _ = np.asarray(Image.open(io.BytesIO(content)), float).mean((0, 1))
    is_red = red > green + 5
    line.send(http(completion("A square." if is_red else "A dog.", [-0.1 if is_red else -2.0])))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[OtherMachine]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = OtherMachine(names_what_is_red)
    yield found
    found.close()


@pytest.fixture
def settings(machine: OtherMachine, tmp_path: Path) -> Path:
    file = tmp_path / "earsight.yaml"
    remote = f"{{url: '{machine.url}', model: tiny, time_limit: 10}}"
    file.write_text(
        f"captioner: {{engine: openai, max_tokens: 4, beams: 1, threads: 1, remote: {remote}}}\n"
        "objects: {enabled: false}\nquality: {enabled: false}\n"
    )
    return file


def calibrate(settings: Path, data: Path, out: Path, split: str = "train") -> int:
    return main(["calibrate", str(settings), "--data", f"{data}:{split}", "--out", str(out)])


def test_what_it_makes_up_is_doubted_and_what_it_knows_is_believed(settings, data, tmp_path, capsys) -> None:
    out = tmp_path / "calibration.json"
    assert calibrate(settings, data, out) == 0
    first, advice = capsys.readouterr().out.splitlines()
    assert first.startswith("data, en: calibration error 0.")
    assert advice == f"set captioner.calibration to {out}"
    profile = read_profile(out.read_bytes())
    assert profile.calibrated_as.startswith("openai tiny ")
    assert profile.metrics.keys() == {"calibration-error en data"}
    text = settings.read_text().replace("engine: openai,", f"engine: openai, calibration: {out},")
    settings.write_text(text)
    photos = [str(data / "images" / name) for name in ("000.png", "002.png")]  # a red square, a green one
    assert device.main(["describe", "--json", "--evidence", "--config", str(settings), *photos]) == 0
    sure, unsure = map(json.loads, capsys.readouterr().out.splitlines())
    assert (sure["caption"], unsure["caption"]) == ("a square", "a dog")
    assert sure["confidence"] > 0.7 > 0.3 > unsure["confidence"]


def test_a_machine_that_does_not_answer_is_not_calibrated(machine, settings, data, tmp_path, capsys) -> None:
    machine.behaviour = answering(http(b"", "500 No"))
    assert calibrate(settings, data, tmp_path / "out.json", "val") == 1
    assert "the other machine captioned 0 of 8 photos" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
    machine.behaviour = names_what_is_red
    assert calibrate(settings, data, tmp_path / "out.json", "val") == 0, "what stood in was kept"


def test_a_file_with_something_else_stays(settings, data, tmp_path, capsys) -> None:
    out = tmp_path / "letter.txt"
    out.write_text("Dear")
    assert calibrate(settings, data, out, "val") == 1
    assert "something else than a calibration" in capsys.readouterr().err
    assert out.read_text() == "Dear"


@pytest.mark.parametrize("words", [[], ["earsight.yaml", "--bundle", "bundle"]])
def test_one_captioner_is_named(words, data, tmp_path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["calibrate", *words, "--data", f"{data}:val", "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
