"""Compare the encoder graphs that training builds node by node with those of torch.onnx.export.

    script/bench encoder-export [--encoder NAME ...] [--rounds N] [--torchscript]

For each encoder, with random weights, in float32 and in int8: the time of one image on one thread of
ONNX Runtime, where the graphs take turns; the median of its ratio to ours of the same precision; and the
cosines of the outputs with torch's. What torch exported becomes int8 by ONNX Runtime's own dynamic
quantisation: of matrix products alone, or of convolutions too. `torch.onnx.export` needs the package
onnxscript; `--torchscript` takes torch's older exporter, which does not.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from PIL import Image
from torch import Tensor, nn

from benchmarks.machine import processor
from earsight_bundle.graphs import EMBEDDING, PIXELS, PREFIX
from earsight_training.bundles.encoder_graphs import encoder_graph
from earsight_training.bundles.graph_builder import OPSET, Precision, weight_format
from earsight_training.networks.clip_encoders import clip_image_encoder
from earsight_training.networks.efficientnet import EfficientNetLite
from earsight_training.networks.encoders import FeatureMapEncoder, ImageEncoder
from earsight_training.networks.mapper import AnyMapper, CellMapper, TransformerMapper
from earsight_training.recipe import TransformerMapperSettings
from tests.training.clip_models import clip_state
from tests.training.graph_models import as_trained, heard

OURS = "node by node"
Key = tuple[str, str]
"""Precision and kind of a graph."""


@dataclass(frozen=True)
class Case:
    """An encoder with its mapper.

    Attributes:
        encoder: In eval mode.
        mapper: In eval mode.
        side: Pixels of the input's side.
        embedding_mean: Float32 (width,).
    """

    encoder: ImageEncoder
    mapper: AnyMapper
    side: int
    embedding_mean: np.ndarray


class EncoderModule(nn.Module):
    """What the encoder graph of a bundle computes, as one module for torch.onnx.export.

    Attributes:
        embedding_mean: Float32 (width,).
    """

    embedding_mean: Tensor

    def __init__(self, case: Case) -> None:
        """Join the parts of the case."""
        super().__init__()
        self.encoder, self.mapper = case.encoder, case.mapper
        self.register_buffer("embedding_mean", torch.from_numpy(case.embedding_mean))

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Encode one image.

        Args:
            pixels: uint8 (1, side, side, 3), RGB.

        Returns:
            The prefix, float32 (1, prefix length, width), and the embedding, float32 (1, width).
        """
        features = self.encoder(pixels.permute(0, 3, 1, 2).float())
        pooled = features.mean((2, 3)) if isinstance(self.encoder, FeatureMapEncoder) else features
        return self.mapper(features), nn.functional.normalize(pooled - self.embedding_mean, dim=-1)


def builtin() -> Case:
    """Make the shapes of the built-in model: EfficientNet-Lite2 at 224 pixels, a decoder of width 256."""
    torch.manual_seed(3)
    encoder = heard(EfficientNetLite(2))
    mapper = as_trained(CellMapper(encoder.channels, 256, 49))
    return Case(encoder, mapper, 224, np.zeros(encoder.channels, np.float32))


def clip(name: str) -> Case:
    """Make the shapes of the mission's model: an image tower of CLIP, 8 transformer layers, GPT-2's width."""
    torch.manual_seed(3)
    tower = clip_image_encoder({k: v for k, v in clip_state(name).items() if k.startswith("visual.")})
    settings = TransformerMapperSettings(kind="transformer", prefix=40, clip_length=40, layers=8, heads=8)
    mapper = as_trained(TransformerMapper(tower.width, 768, settings))
    return Case(tower, mapper, tower.side, np.zeros(tower.width, np.float32))


CASES: Mapping[str, Callable[[], Case]] = {
    "builtin": builtin,
    "RN50x4": lambda: clip("RN50x4"),
    "ViT-B/32": lambda: clip("ViT-B/32"),
}


def write_exported(case: Case, path: Path, *, dynamo: bool) -> Path:
    """Write the graph of torch.onnx.export, with its weights in a file of their own."""
    traced = path.with_suffix(".traced")
    torch.onnx.export(
        EncoderModule(case).eval(),
        (torch.zeros(1, case.side, case.side, 3, dtype=torch.uint8),),
        str(traced),
        input_names=[PIXELS],
        output_names=[PREFIX, EMBEDDING],
        opset_version=OPSET,
        dynamo=dynamo,
        external_data=False,
    )
    return save(onnx.load(traced), path)


def write_ours(case: Case, path: Path, precision: Precision) -> Path:
    """Write the graph as earsight-train export does."""
    weights = weight_format(precision, case.encoder, case.mapper)
    return save(encoder_graph(case.encoder, case.mapper, case.side, case.embedding_mean, weights), path)


def write_quantised(exported: Path, path: Path, operators: list[str]) -> Path:
    """Write a graph with these operators in int8, by ONNX Runtime's dynamic quantisation."""
    quantize_dynamic(
        exported,
        path,
        op_types_to_quantize=operators,
        per_channel=True,
        weight_type=QuantType.QInt8,
        use_external_data_format=True,
    )
    return path


def save(graph: onnx.ModelProto, path: Path) -> Path:
    """Write a graph, with its weights in a file of their own: a protobuf has 2 GB at most."""
    onnx.save(graph, path, save_as_external_data=True, location=f"{path.name}.weights")
    return path


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """Return a session on one thread, with the daemon's options."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def interleaved(
    sessions: Mapping[Key, onnxruntime.InferenceSession], side: int, rounds: int
) -> dict[Key, list[float]]:
    """Return the seconds of each session for each of the rounds, in which they take turns."""
    pixels = np.random.default_rng(1).integers(0, 256, (1, side, side, 3), np.uint8)
    seconds: dict[Key, list[float]] = {name: [] for name in sessions}
    for number in range(rounds + 2):
        for name, session in sessions.items():
            began = time.perf_counter()
            session.run([PREFIX, EMBEDDING], {PIXELS: pixels})
            if number >= 2:  # the first ones warm up
                seconds[name].append(time.perf_counter() - began)
    return seconds


def cosines(session: onnxruntime.InferenceSession, case: Case) -> list[float]:
    """Return the cosines of prefix and embedding with torch's, for an image of blobs."""
    cells = np.random.default_rng(2).integers(0, 256, (9, 9, 3), np.uint8)
    pixels = np.asarray(Image.fromarray(cells).resize((case.side, case.side), Image.Resampling.BICUBIC))[None]
    found = session.run([PREFIX, EMBEDDING], {PIXELS: pixels})
    with torch.inference_mode():
        expected = [each.numpy() for each in EncoderModule(case).eval()(torch.from_numpy(pixels))]
    pairs = [(a.ravel().astype(float), b.ravel().astype(float)) for a, b in zip(found, expected, strict=True)]
    return [float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) for a, b in pairs]


def write_graphs(case: Case, folder: Path, *, dynamo: bool) -> dict[Key, Path]:
    """Write all graphs of an encoder."""
    exported = write_exported(case, folder / "exported.onnx", dynamo=dynamo)
    products, everything = ["MatMul", "Gemm"], ["MatMul", "Gemm", "Conv"]
    return {
        ("float32", OURS): write_ours(case, folder / "ours.onnx", "float32"),
        ("float32", "torch.onnx.export"): exported,
        ("int8", OURS): write_ours(case, folder / "ours.int8.onnx", "int8"),
        ("int8", "torch.onnx.export, products in int8"): write_quantised(
            exported, folder / "products.onnx", products
        ),
        ("int8", "torch.onnx.export, convolutions too"): write_quantised(
            exported, folder / "everything.onnx", everything
        ),
    }


def compare(name: str, rounds: int, *, dynamo: bool) -> None:
    """Print a table row for each graph of an encoder."""
    case = CASES[name]()
    with tempfile.TemporaryDirectory() as folder:
        paths = write_graphs(case, Path(folder), dynamo=dynamo)
        sessions = {key: open_session(path) for key, path in paths.items()}
    seconds = interleaved(sessions, case.side, rounds)
    for key, session in sessions.items():
        precision, kind = key
        pairs = zip(seconds[key], seconds[precision, OURS], strict=True)
        ratio = statistics.median(theirs / ours for theirs, ours in pairs)
        low, median, high = (1000 * quartile for quartile in statistics.quantiles(seconds[key], n=4))
        prefix, embedding = cosines(session, case)
        cells = (
            f"{name}, {precision}",
            kind,
            f"{median:.1f} ({low:.1f} to {high:.1f})",
            f"{ratio:.2f}",
            f"{prefix:.6f}",
            f"{embedding:.6f}",
        )
        print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--encoder", action="append", choices=list(CASES), help="default: all of them")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--torchscript", action="store_true", help="torch's older exporter")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{processor()}; torch {torch.__version__}, onnxruntime {onnxruntime.__version__}; one thread\n")
    print("| encoder | graph | ms an image (middle half) | ratio | prefix, cosine | embedding, cosine |")
    print("|---|---|---:|---:|---:|---:|")
    for name in options.encoder or CASES:
        compare(name, options.rounds, dynamo=not options.torchscript)


if __name__ == "__main__":
    main()
