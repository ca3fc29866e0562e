from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.scoring import report_page
from earsight_training.scoring.bootstrap import mean_metric
from earsight_training.scoring.chair import Mention
from earsight_training.scoring.evaluate import Candidate, Evaluation
from earsight_training.scoring.report_page import worst_first, write_page

HOSTILE = '<script>alert(1)</script> a "cat" & <img src=x onerror=alert(1)>'


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.elements, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def evaluation(tmp_path):
    Image.new("RGB", (900, 600), "green").save(tmp_path / "good.jpg")
    Image.new("RGB", (40, 80), "red").save(tmp_path / "<b>odd & \udcff.png")
    said = [
        ("good.jpg", "a dog runs", 0.9, "a dog runs"),
        ("<b>odd & \udcff.png", HOSTILE, None, HOSTILE),
        ("gone.jpg", "", 0.1, "a man\nstands"),
        ("other.jpg", "a dog and a frisbee", 0.4, "a dog"),
    ]
    candidates = [
        Candidate(CaptionedPhoto(tmp_path / name, (reference,)), caption, confidence)
        for name, caption, confidence, reference in said
    ]
    metrics = [mean_metric("CIDEr", np.array([2.0, 0.5, 0.1, 0.1])), mean_metric("made-up", np.zeros(4))]
    made_up = [frozenset(), frozenset(), frozenset(), frozenset({"frisbee"})]
    not_shown = [(), (), (), (Mention("disc", "frisbee"),)]
    return Evaluation(candidates, metrics, [(0.25, 1.75), (0, 0)], made_up, not_shown)


def test_worst_first(evaluation):
    assert worst_first(evaluation) == [3, 2, 1, 0]  # of equal ones, those with something made up


def test_the_page(tmp_path, evaluation):
    write_page(tmp_path / "page.html", "Captions of <b>", evaluation)
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    page = Page(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "b", "link", "iframe"}
    assert "default-src 'none'" in next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert page.all("html") == [{"lang": "en"}]
    assert [picture["alt"] for picture in page.all("img")] == [HOSTILE, "a dog runs"]
    assert all(picture["src"].startswith("data:image/jpeg;base64,") for picture in page.all("img"))
    assert {"onerror", "onload"}.isdisjoint(name for _, attributes in page.elements for name in attributes)
    assert "<mark>frisbee</mark>" in text
    words = " ".join(page.texts)
    assert "0.6750 0.2500 1.7500" in words  # the table: value and interval
    assert "Made up: frisbee" in words
    assert "Not among the objects: disc" in words
    assert "(it said nothing)" in words
    assert "is not there" in words
    assert words.index("4. ") > words.index("1. other.jpg")


def test_a_large_photo_becomes_a_small_one(tmp_path, evaluation):
    write_page(tmp_path / "page.html", "Captions", evaluation)
    sizes = [(int(picture["width"]), int(picture["height"])) for picture in Page(
        (tmp_path / "page.html").read_text(encoding="utf-8")
    ).all("img")]  # fmt: skip
    assert sizes == [(40, 80), (288, 192)]


def test_only_the_worst_of_many(tmp_path, evaluation, monkeypatch):
    monkeypatch.setattr(report_page, "MOST", 2)
    write_page(tmp_path / "page.html", "Captions", evaluation)
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert len(page.all("article")) == 2
    assert "The worst 2 of 4, from the lowest CIDEr to the highest." in page.texts
