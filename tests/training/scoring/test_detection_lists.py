import gzip

import pytest

from earsight_training.data.datasets import DatasetError
from earsight_training.data.labels import LabelBox
from earsight_training.scoring.answers import Detection
from earsight_training.scoring.detection_lists import read_detections

HEAD = "set,image,teacher,class,score,left,top,right,bottom\n"
ROWS = """streets,a.jpg,nano,dog,0.5,0,0,0.5,1
streets,a.jpg,other,cat,0.5,0,0,1,1
rooms,a.jpg,nano,cat,0.5,0,0,1,1
"""


@pytest.mark.parametrize("name", ["found.csv", "found.csv.gz"])
def test_one_teacher_in_one_set(tmp_path, name):
    path = tmp_path / name
    content = (HEAD + ROWS).encode()
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    assert read_detections(path, "streets", "nano") == {
        "a.jpg": [Detection("dog", 0.5, LabelBox(0, 0, 0.5, 1))]
    }


def test_nothing_of_it(tmp_path):
    path = tmp_path / "found.csv"
    path.write_text(HEAD + ROWS)
    with pytest.raises(DatasetError, match="there is: rooms by nano, streets by nano, streets by other"):
        read_detections(path, "rooms", "other")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a,b,c,dog,x,0,0,1,1", "not all numbers"),
        ("a,b,c,dog,50,0,0,1,1", "not all within"),
        ("a,b", "2 columns"),
    ],
)
def test_a_row_that_cannot_be(tmp_path, row, complaint):
    path = tmp_path / "found.csv"
    path.write_text(f"{HEAD}{row}\n")
    with pytest.raises(DatasetError, match=f"line 2: .*{complaint}"):
        read_detections(path, "a", "c")


def test_a_damaged_archive(tmp_path):
    path = tmp_path / "found.csv.gz"
    path.write_bytes(gzip.compress(HEAD.encode())[:-9])
    with pytest.raises(DatasetError, match=r"found\.csv\.gz"):
        read_detections(path, "a", "c")
