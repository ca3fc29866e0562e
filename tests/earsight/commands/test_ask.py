"""`earsight ask`."""

import json
from contextlib import closing

import pytest

from earsight import cli
from earsight.triggers import control_client
from tests.earsight.captioners.remote.other_machine import OtherMachine, says
from tests.earsight.commands.process import one_line
from tests.earsight.words import english, indonesian


def test_a_question_of_each_photo(photos, capsys):
    names = [str(photos / name) for name in ("good.jpg", "grey.png")]
    assert cli.main(["ask", "is there a door", *names]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines] == names
    assert all(line.endswith(".") for line in lines)


def test_as_json(photos, capsys):
    assert cli.main(["ask", "--json", "what colour is the car", str(photos / "good.jpg")]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["question"] == {"kind": "colour", "name": "car"}
    assert row["problem"] is None
    assert all(each["name"] == "car" for each in row["found"])
    assert row["said"]


def test_the_colour_in_the_middle(photos, capsys):
    assert cli.main(["ask", "what color is this?", "--json", str(photos / "good.jpg")]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["colour"]["name"] == "red"
    assert "red" in row["said"]


def test_in_indonesian(photos, capsys):
    assert cli.main(["ask", "--language", "id", "apa warnanya", str(photos / "deep.png")]) == 0
    white = indonesian("colour.middle", colour=indonesian("colour.white"))
    assert capsys.readouterr().out.endswith(f": {white}\n")


def test_a_photo_that_can_not_be_read_does_not_end_it(photos, capsys):
    names = [str(photos / name) for name in ("text.jpg", "good.jpg")]
    assert cli.main(["ask", "what colour is this", *names]) == 1
    printed = capsys.readouterr()
    assert "not a photo" in printed.err
    assert printed.out.startswith(names[1])


def test_an_unknown_thing(photos, capsys):
    assert cli.main(["ask", "how many unicorns", str(photos / "good.jpg")]) == 0
    assert english("ask.unknown", things="unicorns") in capsys.readouterr().out


@pytest.mark.parametrize("question", ["", "  ", "sing", "\x00", "a" * 201])
def test_what_is_no_question_is_wrong_usage(photos, capsys, question):
    with pytest.raises(SystemExit) as ended:
        cli.main(["ask", question, str(photos / "good.jpg")])
    assert ended.value.code == cli.WRONG_USAGE
    assert "how many people" in capsys.readouterr().err


def test_without_a_photo_the_running_service_is_asked(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(control_client, "INSTALLED", tmp_path / "installed.sock")
    assert cli.main(["ask", "what is on the table"]) == 1
    assert "no service is running" in one_line(capsys.readouterr().err)


@pytest.mark.parametrize("option", [["--json"], ["--language", "id"]])
def test_without_a_photo_there_is_nothing_to_print(capsys, option):
    with pytest.raises(SystemExit) as ended:
        cli.main(["ask", "how many people", *option])
    assert ended.value.code == cli.WRONG_USAGE
    assert "--json and --language are for photos" in capsys.readouterr().err


@pytest.fixture
def settings(tmp_path):
    """Of a model that can be asked anything, and the machine that it is on."""
    with closing(OtherMachine(says("Two cups."))) as machine:
        path = tmp_path / "earsight.yaml"
        path.write_text(
            f"captioner: {{engine: openai, remote: {{url: {machine.url}, model: tiny, time_limit: 10}}}}\n"
            "objects: {enabled: false}\n"
        )
        yield path, machine


def test_a_model_that_can_be_asked_anything(settings, photos, capsys):
    path, machine = settings
    asked = ["ask", "what is on the table", "--config", str(path), "--json", str(photos / "good.jpg")]
    assert cli.main(asked) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["said"] == "Not sure, maybe: two cups."
    assert row["question"] is None
    assert (row["answer"]["text"], row["answer"]["language"]) == ("two cups", "en")
    assert 0 < row["answer"]["confidence"] < 1
    assert len(machine.received) == 1


def test_whether_one_may_go_is_wrong_usage_for_it_too(settings, photos):
    path, machine = settings
    with pytest.raises(SystemExit):
        cli.main(["ask", "is it safe to cross", "--config", str(path), str(photos / "good.jpg")])
    assert machine.received == []
