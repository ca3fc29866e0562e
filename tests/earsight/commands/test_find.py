"""`earsight find`."""

import json

import numpy as np
import pytest
from PIL import Image

from earsight import cli
from earsight.commands import find
from earsight.scene import Box
from earsight.vision.describer import Describer
from tests.earsight.commands.process import one_line
from tests.earsight.stand_ins import ColourCaptioner, ShownObjects
from tests.earsight.words import english

LEFT, AHEAD = Box(0.05, 0.2, 0.25, 0.9), Box(0.4, 0.2, 0.6, 0.9)


@pytest.fixture
def eyes(monkeypatch):
    """What is seen in every photo."""
    detector = ShownObjects("door", "dog", "cat", least=0.3)
    monkeypatch.setattr(find, "build_describer", lambda _config: Describer(ColourCaptioner(), detector))
    return detector


def test_what_is_said_of_each_photo(photos, eyes, capsys):
    eyes.shown = [("door", 0.6, LEFT)]
    names = [str(photos / name) for name in ("good.jpg", "missing.jpg", "cmyk.jpg")]
    assert cli.main(["find", "door", *names]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [f"{name}: Probably a door on the left." for name in names[::2]]
    assert "missing.jpg" in one_line(printed.err)


def test_in_indonesian(photos, eyes, capsys):
    eyes.shown = [("door", 0.9, AHEAD)]
    assert cli.main(["find", "pintu", "--language", "id", str(photos / "good.jpg")]) == 0
    assert capsys.readouterr().out.endswith("good.jpg: Pintu di depan.\n")


def test_as_json(photos, eyes, tmp_path, capsys):
    Image.fromarray(np.full((120, 160, 3), 5, np.uint8)).save(tmp_path / "dark.png")
    eyes.shown = [("dog", 0.9, LEFT), ("cat", 0.4, AHEAD), ("door", 0.9, AHEAD)]
    paths = [photos / "good.jpg", tmp_path / "dark.png", photos / "empty.jpg"]
    assert cli.main(["find", "--json", "animal", *map(str, paths)]) == 1
    good, dark, broken = map(json.loads, capsys.readouterr().out.splitlines())
    assert good == {
        "image": str(paths[0]),
        "said": "A dog on the left.",
        "found": [
            {"name": "dog", "confidence": 0.9, "box": [0.05, 0.2, 0.25, 0.9], "direction": "left"},
            {"name": "cat", "confidence": 0.4, "box": [0.4, 0.2, 0.6, 0.9], "direction": "ahead"},
        ],
        "presence": 0.9,
        "problem": None,
    }
    assert dark == {
        "image": str(paths[1]),
        "said": english("problem.dark"),
        "found": [],
        "presence": None,
        "problem": "dark",
    }
    assert broken.keys() == {"image", "error"}


def test_what_is_not_there(photos, eyes, capsys):
    assert cli.main(["find", "door", str(photos / "good.jpg")]) == 0
    assert capsys.readouterr().out.endswith(": I don't see a door.\n")
    assert eyes.detected == 1


@pytest.mark.usefixtures("eyes")
def test_what_the_model_can_t_find(photos, capsys):
    assert cli.main(["find", "stairs", str(photos / "good.jpg")]) == 1
    told = one_line(capsys.readouterr().err)
    assert told == "earsight: this model can't find 'stairs'; it finds: cat, dog, door"


def test_what_is_no_thing(photos, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["find", "dor", str(photos / "good.jpg")])
    assert ended.value.code == cli.WRONG_USAGE
    assert "did you mean 'door'" in capsys.readouterr().err
