import json

import pytest

pytest.importorskip("pycocoevalcap", reason="pycocoevalcap comes with the train extra")

from pycocoevalcap.spice import spice as shipped

from earsight_training.scoring.java import JavaError
from earsight_training.scoring.spice import spice, what_is_missing

ANSWER = [{"image_id": 1, "scores": {"All": {"f": 0.5}}}, {"image_id": 0, "scores": {"All": {"f": 0.25}}}]


def test_missing_models_are_found_out_without_a_download(monkeypatch, tmp_path, java_that):
    def forbidden():
        raise AssertionError("a download")

    monkeypatch.setattr(shipped, "get_stanford_models", forbidden)
    monkeypatch.setattr(shipped, "__file__", str(tmp_path / "spice.py"))
    reason = what_is_missing()
    assert reason
    assert "stanford-corenlp-3.6.0-models.jar" in reason
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "stanford-corenlp-3.6.0.jar").touch()
    assert what_is_missing() == reason.replace("stanford-corenlp-3.6.0.jar and ", "")
    (tmp_path / "lib" / "stanford-corenlp-3.6.0-models.jar").touch()
    java_that(f"while [ $1 != -out ]; do shift; done; echo '{json.dumps(ANSWER[1:])}' > $2")
    assert what_is_missing() is None


def test_a_program_that_does_not_work_is_found_out_before_it_is_needed(monkeypatch, tmp_path, java_that):
    monkeypatch.setattr(shipped, "__file__", str(tmp_path / "spice.py"))
    (tmp_path / "lib").mkdir()
    for name in ("stanford-corenlp-3.6.0.jar", "stanford-corenlp-3.6.0-models.jar"):
        (tmp_path / "lib" / name).touch()
    java_that("echo 'Could not reserve enough space for object heap' >&2; exit 1")
    assert what_is_missing() == "SPICE failed (1): Could not reserve enough space for object heap"


def test_scores_in_the_order_of_the_captions(java_that):
    java_that(f"while [ $1 != -out ]; do shift; done; echo '{json.dumps(ANSWER)}' > $2")
    assert spice(["a dog", "a cat"], [["a dog"], ["a cat"]]).tolist() == [0.25, 0.5]


def test_a_program_that_fails(java_that):
    java_that("echo 'java.lang.OutOfMemoryError: heap' >&2; exit 1")
    with pytest.raises(JavaError, match=r"SPICE failed \(1\): .* heap"):
        spice(["a dog"], [["a dog"]])
