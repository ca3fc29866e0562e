"""What `earsight describe --json` and `earsight read --json` print of a look, and the server sends.

Names, probabilities and boxes are those of the scene.
"""

from __future__ import annotations

import numpy as np

from earsight.language.language import Description
from earsight.scene import Box, Caption, DetectedObject, Place, Reading, Scene, TextLine
from earsight.vision.describer import Look
from earsight.vision.recognition import ObjectEvidence

_CAPTION = ("caption", "confidence", "language")


def described_row(said: Description, look: Look, loading: float) -> dict[str, object]:
    """All that is printed of a photo, but for its name.

    Args:
        said: What a wearer would hear of it.
        look: What was found in it.
        loading: Seconds for reading the file.
    """
    spoken: dict[str, object] = {"said": said.text, "abstained": said.abstained}
    return spoken | scene_row(look.scene) | {"timings_ms": timings(look, loading)}


def scene_row(scene: Scene) -> dict[str, object]:
    """The best caption, what was found, and the place; nulls where there is nothing of the kind."""
    best = _caption(scene.captions[0]) if scene.captions else dict.fromkeys(_CAPTION)
    return {
        **best,
        "problem": scene.problem,
        "objects": [object_row(found) for found in scene.objects],
        "place": _place(scene.place),
        "ground": _place(scene.ground),
    }


def reading_row(scene: Scene) -> dict[str, object]:
    """What was read: its lines in reading order, and hints for aiming; none where the picture is bad."""
    reading = scene.text or Reading()
    return {
        "problem": scene.problem,
        "lines": [_line(line) for line in reading.lines],
        "hints": sorted(reading.hints),
        "unreadable": reading.unreadable,
        "cut_short": reading.cut_short,
    }


def evidence_row(look: Look, calibrated_as: str) -> dict[str, object]:
    """What confidences are computed from.

    Args:
        look: A look with captions.
        calibrated_as: What a calibration of its captioner is of.

    Returns:
        calibrated_as: the same. captions: all of them, with their evidence. detections: all above the
        detector's floor, with the score before calibration. presence: by class, its probability, the class's
        highest score, and the place head's log-odds, or null without such a head.
    """
    captions = [_caption(each) | {"evidence": _evidence(each)} for each in look.scene.captions]
    of_captions = {"calibrated_as": calibrated_as, "captions": captions}
    if look.evidence is None:
        return {**of_captions, "detections": [], "presence": {}}
    return {
        **of_captions,
        "detections": _detections(look.evidence),
        "presence": _presence(look.evidence),
    }


def timings(look: Look, loading: float) -> dict[str, float]:
    """Milliseconds of reading the file, of each stage that was run, and of all of it."""
    seconds = [("load", loading), *look.seconds.items(), ("total", loading + look.total)]
    return {stage: round(1000 * value, 2) for stage, value in seconds}


def _caption(caption: Caption) -> dict[str, object]:
    confidence = round(caption.confidence, 4)
    return {"caption": caption.text, "confidence": confidence, "language": caption.language}


def _evidence(caption: Caption) -> dict[str, float]:
    log_probs = {"mean_log_prob": caption.mean_log_prob, "lowest_log_prob": caption.lowest_log_prob}
    return log_probs | dict(caption.evidence)


def object_row(found: DetectedObject) -> dict[str, object]:
    """A thing that was found; box and direction are null where it is not known where it is."""
    return {
        "name": found.name,
        "confidence": round(found.confidence, 4),
        "box": found.box and corners(found.box),
        "direction": found.box and found.box.direction,
    }


def _line(line: TextLine) -> dict[str, object]:
    return {
        "text": line.text,
        "box": corners(line.box),
        "confidence": round(line.confidence, 4),
        "language": line.language,
        "block": line.block,
    }


def _place(place: Place | None) -> dict[str, object] | None:
    return None if place is None else {"name": place.name, "confidence": round(place.confidence, 4)}


def _detections(evidence: ObjectEvidence) -> list[dict[str, object]]:
    return [
        {
            "name": evidence.classes[found.kind].name,
            "score": round(found.score, 4),
            "confidence": round(float(chance), 4),
            "box": corners(found.box),
        }
        for found, chance in zip(evidence.detections.found, evidence.confidences(), strict=True)
    ]


def _presence(evidence: ObjectEvidence) -> dict[str, dict[str, float | None]]:
    heads = [None] * len(evidence.classes) if evidence.head is None else np.round(evidence.head, 4).tolist()
    scores = evidence.detections.best.tolist()
    return {
        name: {"probability": round(chance, 4), "score": round(score, 6), "head": head}
        for (name, chance), score, head in zip(evidence.presence().items(), scores, heads, strict=True)
    }


def corners(box: Box) -> list[float]:
    """A box: left, top, right and bottom, 0..1."""
    return [round(side, 4) for side in (box.left, box.top, box.right, box.bottom)]
