"""From a trained captioner to a bundle that the daemon can run; docs/bundle.md describes the result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx

from earsight_bundle.confidence import UNCALIBRATED
from earsight_bundle.files import (
    DECODER,
    ENCODER,
    MANIFEST,
    MODEL_CARD,
    TOKENIZER,
    TOKENS,
    TRAINED_ON,
    other_encoder,
    weights_of,
)
from earsight_bundle.manifest import SCHEMA_VERSION, Calibration, DecodeSettings, ImageSettings, Manifest
from earsight_training.atomic import replacing_folder
from earsight_training.bundles.agreement import check_agreement
from earsight_training.bundles.decoder_graph import decoder_graph
from earsight_training.bundles.encoder_graphs import encoder_graph
from earsight_training.bundles.graph_builder import to_numpy, weight_format
from earsight_training.bundles.precision import Precision
from earsight_training.errors import TrainingError
from earsight_training.networks.encoders import ClipEncoder, ImageEncoder
from earsight_training.trained_captioner import TrainedCaptioner

BEAMS = {"own": 5, "gpt2": 7}
"""Width of the search by the kind of decoder; the published captioner has 7."""

NO_REPEAT = 4
"""Tokens in a row that no caption has twice."""


def write_bundle(
    folder: Path,
    captioner: TrainedCaptioner,
    precision: Precision,
    card: str,
    photos: Sequence[np.ndarray] = (),
    other_encoders: Sequence[Precision] = (),
) -> None:
    """Write an uncalibrated bundle; complete_manifest() adds what can only be measured on it.

    Args:
        folder: An older bundle there is replaced.
        captioner: With its encoder, CLIP's too.
        precision: Of both graphs.
        card: The model card, Markdown.
        photos: uint8 (height, width, 3), on which the graphs are compared with torch; without any, on
            generated images.
        other_encoders: Precisions of further encoders; a device takes the one that it runs fastest.

    Raises:
        TrainingError: The folder holds something else.
        AgreementError: A graph disagrees with torch.
    """
    folder = folder.resolve()
    require_bundle_folder(folder)
    manifest = _manifest(captioner)
    encoders = {ENCODER: precision} | {other_encoder(p): p for p in other_encoders}
    with replacing_folder(folder) as unfinished:
        _write_encoders(unfinished, captioner, manifest.captioning.image.side, encoders)
        write_decoder(unfinished, captioner, precision)
        if captioner.trained_on is not None:
            np.save(unfinished / TRAINED_ON, captioner.trained_on)
        (unfinished / MODEL_CARD).write_text(card, encoding="utf-8")
        found = {
            name: check_agreement(unfinished, captioner, p, photos, name) for name, p in encoders.items()
        }
        write_manifest(unfinished, manifest.model_copy(update={"checks": asdict(found[ENCODER])}))


def require_bundle_folder(folder: Path) -> None:
    """Refuse a folder that a bundle can't take the place of.

    Args:
        folder: Need not be there.

    Raises:
        TrainingError: It holds something else than a bundle.
    """
    if folder.is_file():
        raise TrainingError(f"{folder}: is a file; name a folder for --out")
    if folder.exists() and not (folder / MANIFEST).exists() and any(folder.iterdir()):
        raise TrainingError(f"{folder}: holds something else than a bundle; name a new folder for --out")


def bundle_bytes(captioner: TrainedCaptioner, precisions: Sequence[Precision]) -> int:
    """Estimate how much room a bundle takes, a little too much.

    Args:
        captioner: What it is written from.
        precisions: Of the encoders; the first is the decoder's, too.

    Returns:
        Bytes.
    """
    model = captioner.model
    encoder, decoder = (
        sum(parameter.numel() for part in parts for parameter in part.parameters())
        for parts in ((model.encoder, model.mapper), (model.decoder,))
    )
    table = model.decoder.tokens.weight.numel()
    encoders = sum(encoder * _BYTES[precision] for precision in precisions)
    return encoders + (decoder + table) * _BYTES[precisions[0]]


_BYTES: dict[Precision, int] = {"float32": 4, "float16": 2, "int8": 2}
"""Of a weight at most: some of int8's are float16."""


def _manifest(captioner: TrainedCaptioner) -> Manifest:
    """The manifest of an uncalibrated bundle, without its files."""
    recipe, encoder = captioner.recipe, captioner.model.encoder
    if isinstance(encoder, ClipEncoder):
        image = ImageSettings(side=encoder.side, fit="crop")
    else:
        assert recipe.captions.photos is not None
        image = ImageSettings(side=recipe.captions.photos.side, fit="squash")
    return Manifest(
        schema_version=SCHEMA_VERSION,
        name=recipe.name,
        licence=recipe.licence,
        capabilities=("caption",),
        language=recipe.data.languages[0],
        languages={code: (token,) for code, token in captioner.vocabulary.starts.items()} or None,
        image=image,
        decode=decode_settings(captioner),
        calibration=UNCALIBRATED,
        missing=captioner.missing,
        files={},
    )


def decode_settings(captioner: TrainedCaptioner) -> DecodeSettings:
    """Return how a device searches for a captioner's captions."""
    return DecodeSettings(
        beams=BEAMS[captioner.recipe.decoder.kind],
        max_tokens=captioner.recipe.captions.longest,
        end_token=captioner.vocabulary.end,
        no_repeat=NO_REPEAT,
    )


def _write_encoders(
    folder: Path, captioner: TrainedCaptioner, side: int, encoders: Mapping[str, Precision]
) -> None:
    encoder, mapper = captioner.model.encoder, captioner.model.mapper
    assert isinstance(encoder, ImageEncoder)
    mean = captioner.embedding_mean.numpy()
    for name, precision in encoders.items():
        weights = weight_format(precision, encoder, mapper)
        save_graph(encoder_graph(encoder, mapper, side, mean, weights), folder / name)


def write_decoder(
    folder: Path, captioner: TrainedCaptioner, precision: Precision, name: Callable[[str], str] = str
) -> None:
    """Write what a bundle has for each language: the decoder, its tokens' vectors and its vocabulary.

    Args:
        folder: The bundle's.
        captioner: Whose decoder it is.
        precision: Of the graph.
        name: From the name that a file has for the first language to its own.
    """
    decoder = captioner.model.decoder
    save_graph(decoder_graph(decoder, weight_format(precision, decoder)), folder / name(DECODER))
    vectors = to_numpy(decoder.tokens.weight)
    np.save(folder / name(TOKENS), vectors if precision == "float32" else vectors.astype(np.float16))
    vocabulary = captioner.vocabulary.tokenizer.to_str(pretty=False)
    (folder / name(TOKENIZER)).write_text(vocabulary, encoding="utf-8")


def save_graph(graph: onnx.ModelProto, path: Path) -> None:
    """Write a graph with its weights in a file of their own.

    The device reads that piece by piece while it loads them: otherwise all of the graph would be in memory
    once more.

    Args:
        graph: The graph.
        path: Of the graph's file.
    """
    weights = weights_of(path.name)
    onnx.save(graph, path, save_as_external_data=True, location=weights, size_threshold=1024)
    # onnx makes it readable for nobody else; the service has a user of its own.
    (path.parent / weights).chmod(path.stat().st_mode)


def complete_manifest(
    folder: Path, calibration: Calibration, metrics: Mapping[str, float], card: str
) -> None:
    """Add what was measured to a bundle's manifest, and the model card.

    Args:
        folder: The bundle's.
        calibration: The confidence.
        metrics: By name.
        card: The model card, Markdown.
    """
    manifest = Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MODEL_CARD).write_text(card, encoding="utf-8")
    measured = {"calibration": calibration, "metrics": dict(metrics)}
    write_manifest(folder, manifest.model_copy(update=measured))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest with the hashes of the files as they are now.

    Args:
        folder: The bundle's.
        manifest: All but the hashes.
    """
    files = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    content = manifest.model_copy(update={"files": hashes}).model_dump(mode="json")
    # A copy is not validated: what the daemon would refuse is found out here.
    Manifest.model_validate(content)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
