from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.confidence.abstention import abstention_estimates
from earsight_training.confidence.report import as_json, print_report, reliability_report
from earsight_training.confidence.risk_coverage_plot import plot_risk, risks
from earsight_training.confidence.selective_prediction import (
    calibration_error,
    confidence_estimates,
    risk_at,
)
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.scoring.evaluate import Candidate


def candidates(count=200, **more):
    """Every other one has a cat that is not there, of which it is less sure."""
    return [
        Candidate(
            CaptionedPhoto(Path(f"{index}.jpg"), ("a dog runs",)),
            "a dog and a cat run" if index % 2 else "a dog runs",
            0.2 if index % 2 else 0.9,
            {"mean_log_prob": -1.0 - 0.1 * (index % 3)},
            abstains=index % 10 == 0,
            **more,
        )
        for index in range(count)
    ]


def test_the_error_by_hand():
    confidence, truthful = np.array([0.2] * 100 + [0.9] * 100), np.array([False] * 100 + [True] * 100)
    assert calibration_error(confidence, truthful) == pytest.approx(0.5 * 0.2 + 0.5 * 0.1)


def test_the_error_is_small_for_the_truth_and_large_for_the_overconfident():
    rng = np.random.default_rng(1)
    confidence = rng.random(40_000)
    truthful = rng.random(40_000) < confidence
    assert calibration_error(confidence, truthful) < 0.015
    assert calibration_error(np.ones(40_000), truthful) == pytest.approx(1 - truthful.mean())


def test_what_abstention_buys():
    said = candidates()
    figures = {figure.name: figure for figure in confidence_estimates(said)}
    assert figures["made-up"].value == pytest.approx(0.5)
    assert figures["made-up at 85%"].value == pytest.approx(70 / 170)
    assert figures["made-up at 85%, less by"].value == pytest.approx(1 - 70 / 85)
    assert figures["objects a photo at 85%, less by"].value == pytest.approx(0.3)
    assert figures["calibration-error"].value == pytest.approx(0.15)
    for figure in figures.values():
        assert figure.low <= figure.value + 1e-9
        assert figure.low <= figure.high


def test_less_is_against_what_the_search_alone_says():
    (one, other) = candidates(2)
    said = [replace(one, others=(replace(other, photo=one.photo, evidence={"mean_log_prob": -0.5}),))] * 8
    figures = {figure.name: figure.value for figure in confidence_estimates(said)}
    assert figures["made-up by the search alone"] == 1
    assert figures["made-up"] == 0
    assert figures["objects a caption at 85%, less by"] == 1


def test_nothing_made_up_can_not_become_less():
    said = candidates(20)[::2]
    figures = {figure.name: figure.value for figure in confidence_estimates(said)}
    assert figures["made-up at 85%"] == 0


def test_the_surest_are_said_first():
    confidence, truthful = np.array([0.1, 0.9, 0.5, 0.4]), np.array([False, True, True, False])
    assert risk_at(0.5, confidence, truthful) == 0
    assert risk_at(0.75, confidence, truthful) == pytest.approx(1 / 3)
    curve = risks(confidence, truthful)
    assert curve[0] == 0
    assert curve[-1] == 0.5
    assert (np.diff(curve) >= 0).all()


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_curve_as_a_picture(tmp_path, ending):
    pytest.importorskip("matplotlib")
    rng = np.random.default_rng(1)
    confidence = rng.random(50)
    plot_risk(tmp_path / f"risk.{ending}", confidence, rng.random(50) < confidence, "a model")
    assert (tmp_path / f"risk.{ending}").stat().st_size > 5000


def test_abstentions_are_counted():
    under, abstains = abstention_estimates(candidates(100), "photos")
    assert under.value == 0
    assert abstains.value == pytest.approx(0.1)
    assert abstains.low < 0.1 < abstains.high


def test_the_report(capsys):
    report = reliability_report(candidates(), ["a dog and a cat run", "a dog runs"])
    assert report.fluency.unknown_words == 0
    print_report(report)
    printed = capsys.readouterr().out
    written = as_json(report)
    assert written["confidence as shipped"]["made-up"][0] == 0.5
    assert written["confidence cross-fitted"].keys() == written["confidence as shipped"].keys()
    assert written["confidence cross-fitted"]["calibration-error"][0] < 0.05  # the cat tells
    for name in written["confidence as shipped"]:
        assert name in printed


def test_without_a_confidence_only_fluency_errors_are_reported(capsys):
    said = [Candidate(c.photo, c.caption, None) for c in candidates(120)]
    report = reliability_report(said, [])
    print_report(report)
    assert "120 unknown words" in capsys.readouterr().out
    assert as_json(report)["confidence as shipped"] == {}


def test_few_captions_are_not_cross_fitted():
    assert reliability_report(candidates(20), []).cross_fitted == ()
