"""From a trained model to a bundle that the daemon can run; docs/bundle.md describes the result."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from earsight_training.bundles.agreement import check
from earsight_training.bundles.decoder_graph import decoder_graph
from earsight_training.bundles.encoder_graphs import encoder_graph
from earsight_training.bundles.graph_builder import Precision, array, weight_format
from earsight_training.confidence.calibration_fit import Calibration
from earsight_training.errors import TrainingError
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.networks.encoders import ClipEncoder, ImageEncoder
from earsight_training.trained_captioner import TrainedCaptioner

SCHEMA_VERSION = 2
BEAMS = {"own": 5, "gpt2": 7}
"""By the kind of decoder; the published captioner has 7."""

NO_REPEAT = 4
"""Tokens in a row that no caption says twice."""

UNCALIBRATED = Calibration(math.log(0.3 / 0.7))
"""Says 0.3 of everything, which the daemon words as "Not sure, maybe ...": nothing is known of the model."""


def write_bundle(
    folder: Path,
    captioner: TrainedCaptioner,
    precision: Precision,
    card: str,
    photos: Sequence[np.ndarray] = (),
    other_encoders: Sequence[Precision] = (),
) -> None:
    """Write an uncalibrated bundle; complete_manifest() adds what can only be measured on it.

    captioner: with its encoder, CLIP's too. photos: uint8 (height, width, 3), on which the written graphs are
    compared with torch; pictures are made up where there are none. other_encoders: the encoder in these
    precisions as well; a device takes the one that it runs fastest. An older bundle in the folder is
    replaced. Raises TrainingError for a folder that holds anything else, and for graphs that disagree with
    torch.
    """
    folder = folder.resolve()
    if folder.exists() and not (folder / "manifest.json").exists() and any(folder.iterdir()):
        raise TrainingError(f"{folder}: holds something else than a bundle; name a new folder for --out")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        manifest = _manifest(captioner)
        encoders = {"encoder.onnx": precision} | {f"encoder.{p}.onnx": p for p in other_encoders}
        _write_encoders(partial, captioner, manifest["image"]["side"], encoders)
        _write_decoder(partial, captioner.model.decoder, precision)
        captioner.vocabulary.tokenizer.save(str(partial / "tokenizer.json"), pretty=False)
        (partial / "MODEL_CARD.md").write_text(card, encoding="utf-8")
        found = {name: check(partial, captioner, p, photos, name) for name, p in encoders.items()}
        manifest["checks"] = asdict(found["encoder.onnx"])
        _write_manifest(partial, manifest)
        old = folder.with_name(folder.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _manifest(captioner: TrainedCaptioner) -> dict[str, Any]:
    recipe, encoder = captioner.recipe, captioner.model.encoder
    if isinstance(encoder, ClipEncoder):
        image = {"side": encoder.side, "fit": "crop"}
    else:
        assert recipe.captions.photos is not None
        image = {"side": recipe.captions.photos.side, "fit": "squash"}
    return {
        "schema_version": SCHEMA_VERSION,
        "name": recipe.name,
        "licence": recipe.licence,
        "capabilities": ["caption"],
        "image": image,
        "decode": {
            "beams": BEAMS[recipe.decoder.kind],
            "max_tokens": recipe.captions.longest,
            "end_token": captioner.vocabulary.end,
            "no_repeat": NO_REPEAT,
        },
        "calibration": asdict(UNCALIBRATED),
        "metrics": {},
    }


def _write_encoders(
    folder: Path, captioner: TrainedCaptioner, side: int, encoders: Mapping[str, Precision]
) -> None:
    encoder, mapper = captioner.model.encoder, captioner.model.mapper
    assert isinstance(encoder, ImageEncoder)
    mean = captioner.embedding_mean.numpy()
    for name, precision in encoders.items():
        weights = weight_format(precision, encoder, mapper)
        _save(encoder_graph(encoder, mapper, side, mean, weights), folder / name)


def _write_decoder(folder: Path, decoder: DecoderNetwork, precision: Precision) -> None:
    _save(decoder_graph(decoder, weight_format(precision, decoder)), folder / "decoder.onnx")
    vectors = array(decoder.tokens.weight)
    np.save(folder / "tokens.npy", vectors if precision == "float32" else vectors.astype(np.float16))


def _save(graph: onnx.ModelProto, path: Path) -> None:
    """The weights go into a file of their own, which the device reads piece by piece while it loads them: the
    graph itself would be in memory as a whole."""
    weights = path.with_suffix(".weights").name
    onnx.save(graph, path, save_as_external_data=True, location=weights, size_threshold=1024)
    # onnx makes it readable for nobody else; the service has a user of its own.
    (path.parent / weights).chmod(path.stat().st_mode)


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
