"""`earsight ask`."""

import json

import pytest

from earsight import cli
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


@pytest.mark.parametrize("question", ["", "sing", "\x00"])
def test_what_is_no_question_is_wrong_usage(photos, capsys, question):
    with pytest.raises(SystemExit) as ended:
        cli.main(["ask", question, str(photos / "good.jpg")])
    assert ended.value.code == cli.WRONG_USAGE
    assert "how many people" in capsys.readouterr().err
