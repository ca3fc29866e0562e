"""What a wearer can rely on, in one report: calibration, silence and flaws of what a bundle said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from earsight_training.bundles.calibration import crossed
from earsight_training.scoring.evaluate import Candidate
from earsight_training.scoring.flaws import Flaws, flaws
from earsight_training.scoring.silence import Silence, on
from earsight_training.scoring.trust import Figure, trust

_LEAST = 100
"""Captions that it takes to fit a calibration on some and measure it on others."""


@dataclass(frozen=True)
class Reliance:
    """shipped: of the confidence as the bundle has it. crossed: of one that was fitted on other photos of the
    same set: the honest one for the photos that the bundle was calibrated on. Both empty without a
    confidence."""

    flaws: Flaws
    photos: Sequence[Figure]
    shipped: Sequence[Figure] = ()
    crossed: Sequence[Figure] = ()
    silence: tuple[Sequence[Silence], Sequence[Figure]] = ((), ())


def reliance(candidates: Sequence[Candidate], written: Sequence[str], order: float = 0.0) -> Reliance:
    """written: captions by people, whose words are taken for words. order: the bundle's calibration.order."""
    found = flaws([candidate.caption for candidate in candidates], written)
    if any(candidate.confidence is None for candidate in candidates):
        return Reliance(found, ())
    enough = len(candidates) >= _LEAST and all(candidate.evidence for candidate in candidates)
    return Reliance(
        found,
        on(candidates, "photos"),
        trust(candidates),
        trust(crossed(candidates, order)) if enough else (),
    )


def as_json(report: Reliance) -> dict[str, object]:
    """To be put beside the scores."""
    by_kind, of_all = report.silence
    return {
        "flaws": asdict(report.flaws),
        "confidence as shipped": _named(report.shipped),
        "confidence cross-fitted": _named(report.crossed),
        "silence": _named([*report.photos, *of_all]),
        "silence by kind": [asdict(row) for row in by_kind],
    }


def _named(figures: Sequence[Figure]) -> dict[str, list[float]]:
    return {figure.name: [round(x, 4) for x in (figure.value, figure.low, figure.high)] for figure in figures}


def print_reliance(report: Reliance) -> None:
    by_kind, of_all = report.silence
    _print("confidence as shipped", report.shipped)
    _print("confidence fitted on other photos of this set (five folds)", report.crossed)
    _print("silence", [*report.photos, *of_all])
    if by_kind:
        print("\npictures of nothing   pictures   under the floor   abstains")
    for row in by_kind:
        print(f"{row.kind:22}{row.pictures:8}{row.doubted:18.1%}{row.abstains:11.1%}")
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in asdict(report.flaws).items())
    print(f"\nflaws: {counts}")


def _print(title: str, figures: Sequence[Figure]) -> None:
    if figures:
        print(f"\n{title}")
    for figure in figures:
        print(f"{figure.name:34}{figure.value:8.4f}   {figure.low:.4f} to {figure.high:.4f}")
