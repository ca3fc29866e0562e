"""What the careful style keeps, and how much of it is true: a table over thresholds.

    script/bench careful --data FOLDER [--bundle DIR] [--split val] [--count N] [--captions FILE]

FOLDER holds captions.csv (image, caption, split) and images/. Each photo is described by the bundle; a thing
that is said counts as true when a reference names it or a kind of it. The hedged style is judged by the same
measure: the things of its best caption. Then the regression behind careful.likelihood is fitted anew, on one
half of the photos for the other, both ways, and on all. --captions keeps the captions in a file, or takes
them from it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from earsight.bundles.bundle import bundle_folder, open_bundle
from earsight.cameras.photos import load_photo
from earsight.captioners.onnx import OnnxCaptioner
from earsight.language import careful
from earsight.language.caption_choice import usable
from earsight.language.english.english import English
from earsight.language.english.mentions import named
from earsight.language.language import Phrasing, Style
from earsight.language.readers import named_in
from earsight.language.vocabulary import MANY, with_kinds
from earsight.scene import Caption, Frame, Scene
from earsight.vision.describer import Describer
from earsight_bundle.thresholds import MAYBE_ABOVE, PLAIN_ABOVE, PROBABLY_ABOVE
from earsight_files.csv_table import read_rows
from earsight_training.confidence.logistic_regression import fit_logistic_regression
from earsight_training.confidence.selective_prediction import calibration_error
from earsight_training.scoring.object_hallucination import made_up

THRESHOLDS = Phrasing(plain=PLAIN_ABOVE, probably=PROBABLY_ABOVE, maybe=MAYBE_ABOVE)
"""Those of the configuration's defaults."""


@dataclass(frozen=True)
class Described:
    """A photo and what the bundle says of it.

    Attributes:
        references: Captions that people wrote.
        captions: Of the bundle, best first.
    """

    references: list[str]
    captions: Sequence[Caption]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--bundle", default="builtin")
    parser.add_argument("--split", default="val")
    parser.add_argument("--count", type=int, help="only so many photos, chosen by chance (seed 1)")
    parser.add_argument("--captions", type=Path, help="file of captions: read if it is there, else written")
    options = parser.parse_args()
    photos = _kept(options.captions) if options.captions and options.captions.exists() else _describe(options)
    if options.captions and not options.captions.exists():
        options.captions.write_text("".join(f"{json.dumps(asdict(photo))}\n" for photo in photos))
    _print_styles(photos)
    _print_fit(photos)


def _describe(options: argparse.Namespace) -> list[Described]:
    references: dict[str, list[str]] = {}
    table = (options.data / "captions.csv").read_text(encoding="utf-8-sig")
    for _, row in read_rows(table, ["image", "caption", "split"]):
        if row["split"] == options.split:
            references.setdefault(row["image"], []).append(row["caption"])
    names = sorted(references)
    chosen = [names[at] for at in np.random.default_rng(1).permutation(len(names))[: options.count]]
    describer = Describer(OnnxCaptioner(open_bundle(bundle_folder(options.bundle))))
    photos = []
    for name in tqdm(chosen, unit="photo"):
        frame = Frame(load_photo(options.data / "images" / name), captured_at=0.0)
        photos.append(Described(references[name], describer.describe(frame).scene.captions))
    return photos


def _kept(file: Path) -> list[Described]:
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return [Described(row["references"], [Caption(**each) for each in row["captions"]]) for row in rows]


def _print_styles(photos: Sequence[Described]) -> None:
    columns = ("speaks", "things", "true", "true, number too", "nothing made up", "words")
    print(f"| style ({len(photos)} photos) | {' | '.join(columns)} |")
    print("|---|" + "---|" * len(columns))
    best = [usable(photo.captions, THRESHOLDS.maybe, English())[:1] for photo in photos]
    _print_row("hedged", [captions[0].text if captions else "" for captions in best], photos)
    for least in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
        phrasing = replace(THRESHOLDS, likely=least, style=Style.CAREFUL)
        scenes = [Scene(0.0, captions=tuple(photo.captions)) for photo in photos]
        said = [English().describe(scene, phrasing) for scene in scenes]
        _print_row(f"careful, {least:g}", ["" if each.abstained else each.text for each in said], photos)


def _print_row(style: str, texts: list[str], photos: Sequence[Described]) -> None:
    """Of what is said: things a sentence, the share of them that a reference names, also with the number, and
    the share of sentences in which nothing is made up, by training's own table of objects."""
    spoken = [(text, photo) for text, photo in zip(texts, photos, strict=True) if text]
    said = [(claim, _claims(photo)) for text, photo in spoken for claim in _said(text)]
    honest = [not made_up(text, photo.references) for text, photo in spoken]
    row = (
        f"{len(spoken) / len(photos):.1%}",
        f"{len(said) / len(spoken):.2f}",
        f"{np.mean([(name, 1) in claims for (name, _), claims in said]):.1%}",
        f"{np.mean([claim in claims for claim, claims in said]):.1%}",
        f"{np.mean(honest):.1%}",
        f"{np.mean([len(text.split()) for text, _ in spoken]):.1f}",
    )
    print(f"| {style} | " + " | ".join(row) + " |")


def _said(text: str) -> list[careful.Claim]:
    """Each thing as specifically as it is named: that a dog is an animal counts for nothing."""
    mentions = named(text)
    implied = {kind for name in mentions for kind in with_kinds(name) - {name}}
    return [(name, mention.number) for name, mention in mentions.items() if name not in implied]


def _claims(photo: Described) -> set[careful.Claim]:
    """Everything that the references say is there, and how many."""
    mentions = [mention for text in photo.references for mention in named(text).items()]
    exact = {(name, mention.number) for name, mention in mentions}
    several = {(name, MANY) for name, number in exact if number > 1}
    return exact | several | {(name, 1) for name, _ in exact}


def _print_fit(photos: Sequence[Described]) -> None:
    rows, true, half, now = [], [], [], []
    for at, photo in enumerate(photos):
        claimed = _claims(photo)
        for claim, evidence in careful.evidence(photo.captions, named_in).items():
            rows.append(astuple(evidence))
            true.append(claim in claimed)
            half.append(at % 2)
            now.append(careful.likelihood(evidence))
    features, wanted, halves = np.array(rows), np.array(true), np.array(half)
    fitted = np.empty(len(wanted))
    for side in (0, 1):
        weights = _regression(features[halves != side], wanted[halves != side])
        fitted[halves == side] = _sigmoid(_with_bias(features[halves == side]) @ weights)
    print(f"\ncalibration error of the likelihood: {calibration_error(np.array(now), wanted):.3f};", end=" ")
    print(f"of one fitted on the other half: {calibration_error(fitted, wanted):.3f}")
    names = ("bias", "share", "place", "generality", "confidence")
    weights = zip(names, _regression(features, wanted), strict=True)
    print("fitted on all:", ", ".join(f"{name} {weight:.2f}" for name, weight in weights))


def _with_bias(features: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(features)), features])


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def _regression(features: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The bias and a weight for each feature, with a trace of ridge."""
    rows = _with_bias(features)
    return fit_logistic_regression(rows, wanted.astype(float), np.full(rows.shape[1], 1e-3))


if __name__ == "__main__":
    main()
