"""From a trained model to a bundle that the daemon can run; docs/bundle.md describes the result."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import onnx

from earsight_training.calibration import Calibration
from earsight_training.captioner import Captioner
from earsight_training.errors import TrainingError
from earsight_training.graphs import decoder_graph, encoder_graph

SCHEMA_VERSION = 1
BEAMS = 5

UNCALIBRATED = Calibration(0.0, 0.0, 0.0)
"""Says 0.5 of everything: for a bundle that only exists to be measured."""


def write_bundle(folder: Path, captioner: Captioner, *, int8: bool, card: str) -> None:
    """Write an uncalibrated bundle; complete_manifest() adds what can only be measured on it.

    An older bundle in the folder is replaced. Raises TrainingError for a folder that holds anything else.
    """
    folder = folder.resolve()
    if folder.exists() and not (folder / "manifest.json").exists() and any(folder.iterdir()):
        raise TrainingError(f"{folder}: holds something else than a bundle; name a new folder for --out")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    recipe, model = captioner.recipe, captioner.model
    assert recipe.captions.photos is not None
    side = recipe.captions.photos.side
    mean = captioner.embedding_mean.numpy()
    onnx.save(encoder_graph(model, side, mean, int8), partial / "encoder.onnx")
    onnx.save(decoder_graph(model, int8), partial / "decoder.onnx")
    captioner.vocabulary.tokenizer.save(str(partial / "tokenizer.json"), pretty=False)
    (partial / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "name": recipe.name,
        "licence": recipe.licence,
        "capabilities": ["caption"],
        "image": {"side": side, "fit": "squash"},
        "decode": {
            "beams": BEAMS,
            "max_tokens": recipe.captions.longest,
            "end_token": captioner.vocabulary.end,
        },
        "calibration": asdict(UNCALIBRATED),
        "metrics": {},
    }
    _write_manifest(partial, manifest)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def complete_manifest(
    folder: Path, calibration: Calibration, metrics: Mapping[str, float], card: str
) -> None:
    """Add what was measured to a bundle's manifest, and the model card."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"calibration": asdict(calibration), "metrics": dict(metrics)}
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    _write_manifest(folder, manifest)


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    files = sorted(path for path in folder.iterdir() if path.name != "manifest.json")
    manifest["files"] = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
