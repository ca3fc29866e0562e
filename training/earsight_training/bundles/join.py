"""Putting a detector, and a place head, into a bundle: calibrated on photos that neither was trained on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from earsight_bundle.files import (
    DETECTOR,
    ENCODER,
    MANIFEST,
    MODEL_CARD,
    PLACE,
    TRAINED_ON,
    Capability,
    weights_of,
)
from earsight_bundle.graphs import BOXES, CELLS, GROUNDS, PIXELS, PLACES, PRESENCE, SCORES
from earsight_bundle.manifest import (
    FurtherBoxes,
    ImageSettings,
    Manifest,
    ObjectClass,
    ObjectsSettings,
    PlaceSettings,
)
from earsight_training.atomic import replacing_folder
from earsight_training.bundles.agreement import AgreementError
from earsight_training.bundles.detector_graph import detector_graph
from earsight_training.bundles.place_graph import place_graph
from earsight_training.bundles.writer import require_bundle_folder, save_graph, write_manifest
from earsight_training.confidence.further_boxes import OVERLAP, fit_further_boxes
from earsight_training.confidence.object_calibration import ObjectEvidence, cross_fitted, fit_objects
from earsight_training.confidence.selective_prediction import calibration_error
from earsight_training.data.object_labels import Boxes, LabelledPhoto, place_labels
from earsight_training.data.place_labels import GROUNDS as GROUND_NAMES
from earsight_training.data.place_labels import PLACES as PLACE_NAMES
from earsight_training.data.squashed_photos import read_squashed
from earsight_training.detector_recipe import COCO
from earsight_training.errors import TrainingError
from earsight_training.networks.nanodet import predictions
from earsight_training.networks.place_head import PlaceHead
from earsight_training.trained_detector import TrainedDetector

_OBJECTS = "; objects: "
"""Parts the terms of the captioner from those of the detector."""
_CHECKED = 8
"""Photos on which a graph is compared with torch."""
_MOST_APART = 0.05
"""Of scores, and of boxes in shares of the picture, on average over the cells that find something."""
_FOUND = 0.2
"""Score from which a cell finds something."""


@dataclass(frozen=True)
class Joined:
    """What a bundle gained.

    Attributes:
        classes: With their calibration.
        further: How likely further boxes of a class are things of their own; None where that was not fitted.
        metrics: What was measured, by name.
    """

    classes: tuple[ObjectClass, ...]
    further: FurtherBoxes | None
    metrics: dict[str, float]


def join(
    bundle: Path,
    detector: TrainedDetector,
    head: PlaceHead | None,
    photos: Sequence[LabelledPhoto],
    out: Path,
) -> Joined:
    """Write a bundle with all that another has, and a detector.

    Args:
        bundle: With an encoder that puts out cells, if there is a head.
        detector: What finds objects.
        head: What tells the place; None: the bundle gets none.
        photos: With labels, which neither the detector nor the head was trained on.
        out: Folder of the new bundle; may be the same.

    Raises:
        TrainingError: The folder holds something else, there are no photos, or a graph disagrees with torch.
    """
    if not photos:
        raise TrainingError("no photos to calibrate on: the recipe holds none out")
    out = out.resolve()
    require_bundle_folder(out)
    manifest = Manifest.model_validate_json((bundle / MANIFEST).read_text(encoding="utf-8"))
    with replacing_folder(out) as unfinished:
        shutil.copytree(bundle, unfinished, dirs_exist_ok=True)
        _save_graphs(unfinished, detector, head)
        unique = list({photo.image: photo for photo in photos}.values())
        paths = [photo.image for photo in unique]
        _require_agreement(unfinished, detector, read_squashed(paths[:_CHECKED], detector.recipe.side))
        # Where no class is labelled throughout, only what is there is known: no calibration can come of that.
        judged = [photo for photo in unique if photo.known.any()]
        evidence = _evidence(unfinished, manifest, detector, judged, with_head=head is not None)
        joined = _calibrated(evidence, detector, fit_further_boxes(_drawn(unfinished, detector, unique)))
        _remember_photos(unfinished, detector)
        card = (unfinished / MODEL_CARD).read_text(encoding="utf-8")
        (unfinished / MODEL_CARD).write_text(_with_objects(card, detector, joined), encoding="utf-8")
        write_manifest(unfinished, _manifest(manifest, detector, joined, with_head=head is not None))
    return joined


def _save_graphs(bundle: Path, detector: TrainedDetector, head: PlaceHead | None) -> None:
    """In the place of older ones, which go first: what is saved over a graph's weights is added to them."""
    for graph in (DETECTOR, PLACE):
        for name in (graph, weights_of(graph)):
            (bundle / name).unlink(missing_ok=True)
    save_graph(detector_graph(detector.model, detector.recipe.side, "int8-at-rest"), bundle / DETECTOR)
    if head is not None:
        save_graph(place_graph(head), bundle / PLACE)


def _manifest(manifest: Manifest, detector: TrainedDetector, joined: Joined, *, with_head: bool) -> Manifest:
    """The manifest with its new capabilities."""
    gained: tuple[Capability, ...] = ("objects", "place") if with_head else ("objects",)
    kept = tuple(each for each in manifest.capabilities if each not in ("objects", "place"))
    image = ImageSettings(side=detector.recipe.side, fit="squash")
    return manifest.model_copy(
        update={
            "capabilities": kept + gained,
            "licence": f"{manifest.licence.split(_OBJECTS)[0]}{_OBJECTS}{detector.recipe.licence}",
            "objects": ObjectsSettings(
                image=image, classes=joined.classes, further=joined.further, overlap=OVERLAP
            ),
            "place": PlaceSettings(places=PLACE_NAMES, grounds=GROUND_NAMES) if with_head else None,
            "metrics": manifest.metrics | joined.metrics,
        }
    )


def _calibrated(evidence: ObjectEvidence, detector: TrainedDetector, further: FurtherBoxes | None) -> Joined:
    names = detector.recipe.classes
    classes = fit_objects(evidence, names, len(COCO))
    crossed, there = cross_fitted(evidence, names, len(COCO)), evidence.there
    least = np.array([each.least for each in classes])
    known = ~np.isnan(there) & (least < 1)
    said = known & (crossed >= np.maximum(least, 0.5))
    right = there > 0.5
    metrics = {"objects-recall": float((said & right).sum() / max(1, (known & right).sum()))}
    if said.any():
        metrics["objects-precision"] = float(right[said].mean())
        metrics["objects-calibration-error"] = float(calibration_error(crossed[said], right[said]))
    return Joined(classes, further, {name: round(value, 4) for name, value in metrics.items()})


def _evidence(
    bundle: Path,
    manifest: Manifest,
    detector: TrainedDetector,
    photos: Sequence[LabelledPhoto],
    *,
    with_head: bool,
) -> ObjectEvidence:
    """Run the graphs on the photos."""
    finder, reader = onnxruntime.InferenceSession(bundle / DETECTOR), None
    if with_head:
        if manifest.image is None:
            raise TrainingError(
                f"{manifest.name}: it does not caption, so a place head has no encoder to read"
            )
        reader = _PlaceReader(bundle, manifest.image.side)
    scores, presence = [], []
    for photo in photos:
        pixels = read_squashed([photo.image], detector.recipe.side)
        scores.append(finder.run([SCORES], {PIXELS: pixels})[0].max(0))
        presence.append(reader.presence(photo.image) if reader else np.zeros_like(scores[-1]))
    return ObjectEvidence(np.stack(scores), np.stack(presence), place_labels(photos)[2])


def _drawn(
    bundle: Path, detector: TrainedDetector, photos: Sequence[LabelledPhoto]
) -> Iterator[tuple[np.ndarray, np.ndarray, Boxes]]:
    """Of photos of which only boxes that people drew are known: what the detector finds, and these boxes."""
    finder = onnxruntime.InferenceSession(bundle / DETECTOR)
    for photo in photos:
        if not photo.known.any() and len(photo.boxes):
            pixels = read_squashed([photo.image], detector.recipe.side)
            scores, corners = finder.run([SCORES, BOXES], {PIXELS: pixels})
            yield scores, corners, photo.boxes


class _PlaceReader:
    """A bundle's encoder and place head."""

    def __init__(self, bundle: Path, side: int) -> None:
        self._side = side
        self._encoder = onnxruntime.InferenceSession(bundle / ENCODER)
        self._head = onnxruntime.InferenceSession(bundle / PLACE)

    def presence(self, photo: Path) -> np.ndarray:
        """Log-odds of the classes, float32 (classes,)."""
        cells = self._encoder.run([CELLS], {PIXELS: read_squashed([photo], self._side)})[0]
        found: np.ndarray = self._head.run([PLACES, GROUNDS, PRESENCE], {CELLS: cells})[2]
        return found


def _require_agreement(bundle: Path, detector: TrainedDetector, photos: np.ndarray) -> None:
    """Compare the detector's graph with torch. Raises AgreementError."""
    session, side = onnxruntime.InferenceSession(bundle / DETECTOR), detector.recipe.side
    for pixels in photos:
        scores, boxes = session.run([SCORES, BOXES], {PIXELS: pixels[None]})
        with torch.no_grad():
            outputs = detector.model(torch.from_numpy(pixels).permute(2, 0, 1)[None].float())
        exact = predictions(outputs, side)
        wanted = exact.logits[0].sigmoid().numpy()
        cells = wanted.max(1) >= _FOUND
        if not cells.any():
            continue
        corners = (exact.corners[0] / side).clamp(0, 1).numpy()
        scores_apart = np.abs(scores[cells] - wanted[cells]).max(1).mean()
        boxes_apart = np.abs(boxes[cells] - corners[cells]).mean()
        if not max(scores_apart, boxes_apart) <= _MOST_APART:
            raise AgreementError(
                f"the detector's graph disagrees with the model: scores by {scores_apart:.3f}, boxes by"
                f" {boxes_apart:.3f} on average, more than {_MOST_APART}"
            )


def _remember_photos(bundle: Path, detector: TrainedDetector) -> None:
    """Add the detector's photos to those that the bundle must not be judged by."""
    path = bundle / TRAINED_ON
    known = [np.load(path)] if path.exists() else []
    np.save(path, np.unique(np.concatenate([*known, detector.trained_on]), axis=0))


def _with_objects(card: str, detector: TrainedDetector, joined: Joined) -> str:
    """The model card with what is to be said of the detector, in place of what was said of an older one."""
    rows = "\n".join(f"| {name} | {value:.4f} |" for name, value in joined.metrics.items())
    named = ", ".join(each.name for each in joined.classes if each.least < 1)
    never = ", ".join(each.name for each in joined.classes if each.least >= 1) or "none"
    before = card.split(_HEADING)[0].rstrip()
    lines = [
        before,
        _HEADING,
        detector.recipe.about.strip(),
        f"Licence: {detector.recipe.licence}",
        f"| measure | value |\n|---|---|\n{rows}",
        f"Named: {named}.",
        f"Learned, but too often wrong to be named: {never}.",
    ]
    return "\n\n".join(lines) + "\n"


_HEADING = "## Objects and place"
