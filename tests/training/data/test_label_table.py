from pathlib import Path

import pytest

from earsight_training.data.datasets import DatasetError
from earsight_training.data.label_table import load_label_table

TABLES = sorted((Path(__file__).parents[3] / "config/training/labels").glob("*.yaml"))


@pytest.fixture
def table(tmp_path):
    def load(text):
        path = tmp_path / "table.yaml"
        path.write_text(text)
        return load_label_table(path)

    return load


def test_a_table(table):
    found = table(
        "about: a set\ncomplete: [door]\nlabels: [sky, gate]\nfirst: 1\nnames: {gate: door, sky: null}\n"
    )
    assert found.names == {"gate": "door", "sky": None}
    assert [found.of_value(value) for value in (0, 1, 2, 3)] == [None, "sky", "gate", None]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("about: x\n", "complete: missing"),
        ("about: x\ncomplete: []\n", "line 2: complete"),
        ("about: x\ncomplete: [door]\nother: 1\n", "line 3: other: unknown key"),
        ("about: x\ncomplete: [door]\nleast: much\n", "line 3: least"),
        ("about: x\nabout: y\ncomplete: [door]\n", "line 2: about: given twice, first on line 1"),
        ("- door\n", "not a table of labels"),
        ("about: [\n", "line 2: not valid YAML"),
    ],
)
def test_what_does_not_fit_is_refused(table, text, complaint):
    with pytest.raises(DatasetError, match=complaint):
        table(text)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_the_tables_that_come_along(path):
    found = load_label_table(path)
    assert len(set(found.complete)) == len(found.complete)
    assert len(set(found.labels)) == len(found.labels)
    if found.labels:
        assert set(found.names) <= set(found.labels)
        assert set(found.perhaps) <= set(found.labels)


def test_ade20k_has_the_order_of_its_challenge():
    found = load_label_table(next(path for path in TABLES if path.stem == "ade20k"))
    assert len(found.labels) == 150
    known = {1: "wall", 5: "tree", 13: "person", 15: "door", 21: "car", 54: "stairs", 94: "pole", 150: "flag"}
    assert {value: found.of_value(value) for value in known} == known
