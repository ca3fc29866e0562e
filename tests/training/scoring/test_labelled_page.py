from pathlib import Path

import pytest
from PIL import Image

from earsight_training.data.labels import LabelBox, LabelledSet, PhotoLabels
from earsight_training.scoring.answers import Answer, Detection
from earsight_training.scoring.labelled_evaluation import evaluate_labelled
from earsight_training.scoring.labelled_page import worst_answers, write_labelled_page
from earsight_training.scoring.spoken_things import spoken_things

BOX = LabelBox(0.1, 0.1, 0.9, 0.9)


@pytest.fixture
def evaluation(tmp_path):
    answers = []
    said = [("right.png", "A dog."), ("missed.png", "A tree."), ("<b>.png", 'A "cat" & a man.')]
    for name, text in said:
        Image.new("RGB", (64, 64), "white").save(tmp_path / name)
        photo = PhotoLabels(
            tmp_path / name, frozenset({"dog", "cat"}), frozenset({"dog"}), {"dog": (BOX,)}, {}
        )
        answers.append(Answer(photo, text, spoken_things(text, "en"), [Detection("cat", 0.4, BOX)]))
    labelled = LabelledSet("set", [answer.photo for answer in answers], ("dog", "cat"), boxed=True)
    return evaluate_labelled(labelled, answers)


def test_worst_first(evaluation):
    assert [Path(answer.photo.path).name for answer in worst_answers(evaluation)] == [
        "<b>.png",
        "missed.png",
        "right.png",
    ]


def test_the_page(evaluation, tmp_path):
    write_labelled_page(tmp_path / "page.html", "A <set>", evaluation)
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<h1>A &lt;set&gt;</h1>" in text
    assert "&lt;b&gt;.png" in text
    assert "A &quot;cat&quot; &amp; a man." in text
    assert "Not there: cat" in text
    assert "<script" not in text
