"""The reliability report of a bundle: calibration, abstention and fluency of what it said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from earsight_bundle.confidence import LIKELIEST_FIRST, Ranking
from earsight_training.confidence.abstention import AbstentionRates, abstention_estimates
from earsight_training.confidence.calibration_fit import cross_fit
from earsight_training.confidence.selective_prediction import Estimate, confidence_estimates
from earsight_training.scoring.evaluate import Candidate
from earsight_training.scoring.fluency import FluencyErrors, count_fluency_errors

_FEWEST_CAPTIONS = 100
"""Captions that it takes to fit a calibration on some and measure it on others."""


@dataclass(frozen=True)
class ReliabilityReport:
    """What a wearer can rely on.

    Attributes:
        fluency: Errors that the captions show by themselves.
        photos: How often the bundle abstains on the photos; empty without a confidence.
        as_shipped: Estimates for the confidence as the bundle computes it; empty without a confidence.
        cross_fitted: Estimates for a confidence that was fitted on other photos of the same set: the honest
            figures for the photos that the bundle was calibrated on. Empty without a confidence, or with too
            few captions.
        uninformative: How often the bundle abstains on uninformative images: by kind, and over all kinds.
    """

    fluency: FluencyErrors
    photos: Sequence[Estimate]
    as_shipped: Sequence[Estimate] = ()
    cross_fitted: Sequence[Estimate] = ()
    uninformative: tuple[Sequence[AbstentionRates], Sequence[Estimate]] = ((), ())


def reliability_report(
    candidates: Sequence[Candidate], human_captions: Sequence[str], ranking: Ranking = LIKELIEST_FIRST
) -> ReliabilityReport:
    """Measure what can be measured on the captions alone; `uninformative` stays empty.

    Args:
        candidates: What the bundle said of the photos.
        human_captions: Captions that people wrote, whose words are taken for words.
        ranking: The bundle's.

    Returns:
        The report.
    """
    fluency = count_fluency_errors([candidate.caption for candidate in candidates], human_captions)
    if any(candidate.confidence is None for candidate in candidates):
        return ReliabilityReport(fluency, ())
    enough = len(candidates) >= _FEWEST_CAPTIONS and all(candidate.evidence for candidate in candidates)
    return ReliabilityReport(
        fluency,
        abstention_estimates(candidates, "photos"),
        confidence_estimates(candidates),
        confidence_estimates(cross_fit(candidates, ranking)) if enough else (),
    )


def as_json(report: ReliabilityReport) -> dict[str, object]:
    """Return the report as JSON values, under keys that no score has."""
    by_kind, over_all = report.uninformative
    return {
        "fluency errors": asdict(report.fluency),
        "confidence as shipped": _named(report.as_shipped),
        "confidence cross-fitted": _named(report.cross_fitted),
        "abstention": _named([*report.photos, *over_all]),
        "abstention by kind": [asdict(row) for row in by_kind],
    }


def _named(estimates: Sequence[Estimate]) -> dict[str, list[float]]:
    return {each.name: [round(x, 4) for x in (each.value, each.low, each.high)] for each in estimates}


def print_report(report: ReliabilityReport) -> None:
    """Print the report as tables for people."""
    by_kind, over_all = report.uninformative
    _print("confidence as shipped", report.as_shipped)
    _print("confidence fitted on other photos of this set (five folds)", report.cross_fitted)
    _print("abstention", [*report.photos, *over_all])
    if by_kind:
        print("\nuninformative images   images   under the floor   abstains")
    for row in by_kind:
        print(f"{row.kind:22}{row.images:8}{row.under_floor:18.1%}{row.abstains:11.1%}")
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in asdict(report.fluency).items())
    print(f"\nfluency errors: {counts}")


def _print(title: str, estimates: Sequence[Estimate]) -> None:
    if estimates:
        print(f"\n{title}")
    for each in estimates:
        print(f"{each.name:34}{each.value:8.4f}   {each.low:.4f} to {each.high:.4f}")
