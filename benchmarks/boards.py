"""Estimates, by the roofline, of what a caption takes on boards that nobody has measured it on.

A stage takes at least its multiply-accumulates over the board's peak, and at least the bytes of its matrices
over the memory's bandwidth; the larger of the two, over an efficiency, is the estimate (Williams, Waterman
and Patterson, "Roofline", 2009).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earsight.bench.work import Work, graph_work
from earsight.bundles.bundle import read_manifest
from earsight_bundle.files import DECODER, DETECTOR, ENCODER
from earsight_bundle.graphs import PIXELS, PREFIX


@dataclass(frozen=True)
class Board:
    """A board's peak rates.

    Attributes:
        name: Of the board.
        float_macs: Float multiply-accumulates a second, on all cores.
        integer_macs: 8-bit multiply-accumulates a second, on all cores.
        bandwidth: Of the memory, bytes a second.
        halves_floats: Whether floats are float16 there, of half the bytes.
    """

    name: str
    float_macs: float
    integer_macs: float
    bandwidth: float
    halves_floats: bool = False

    def seconds(self, work: Work) -> float:
        """Compute the roofline: no run is faster.

        Args:
            work: Of a stage.

        Returns:
            Seconds.
        """
        computing = work.float_macs / self.float_macs + work.integer_macs / self.integer_macs
        size = work.bytes / 2 if self.halves_floats and not work.integer_macs else work.bytes
        return max(computing, size / self.bandwidth)


# Cores x GHz x multiply-accumulates a cycle; where the figures are from is in docs/boards.md.
BOARDS = (
    Board("Raspberry Pi 4", 4 * 1.8e9 * 4, 4 * 1.8e9 * 4, 5.5e9),
    Board("Raspberry Pi 5", 4 * 2.4e9 * 8, 4 * 2.4e9 * 32, 9.4e9),
    Board("Orin Nano, CPU", 6 * 1.5e9 * 8, 6 * 1.5e9 * 32, 20.2e9),
    Board("Orin Nano, GPU", 5.1e12, 10.2e12, 68e9, halves_floats=True),
)


def caption_work(bundle: Path, tokens: int) -> dict[str, Work]:
    """Count the work of one look: objects, if the bundle finds any, and a caption whose beams all live to its
    end.

    Args:
        bundle: Its folder.
        tokens: Of the caption.

    Returns:
        The work by stage.
    """
    decoder, beams = bundle / DECODER, read_manifest(bundle).captioning.decode.beams
    prefix = _prefix_length(bundle / ENCODER)
    # In the middle of the caption, with the prefix and what all beams have said in the cache.
    middle = {"rows": beams, "N": prefix + beams * tokens // 2, "asked": beams}
    detector = bundle / DETECTOR
    return {
        "encode": graph_work(bundle / ENCODER, {}, {}),
        **({"detect": graph_work(detector, {}, {})} if detector.exists() else {}),
        "prefix": graph_work(decoder, {"rows": prefix, "N": 0, "asked": 1}, {"k": beams}),
        "tokens": graph_work(decoder, middle, {"k": beams}) * (tokens - 1),
    }


def _prefix_length(encoder: Path) -> int:
    import onnxruntime  # after earsight, which switches its telemetry off

    session = onnxruntime.InferenceSession(str(encoder), providers=["CPUExecutionProvider"])
    (pixels,) = session.get_inputs()
    return session.run([PREFIX], {PIXELS: np.zeros(pixels.shape, np.uint8)})[0].shape[1]


def main() -> None:
    """Print the estimates as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundles", nargs="+", type=Path, metavar="DIR", help="folders of model bundles")
    parser.add_argument("--tokens", type=int, default=14, help="of the caption (default: %(default)s)")
    parser.add_argument(
        "--efficiency", type=float, default=0.5, help="share of the roofline reached (default: %(default)s)"
    )
    arguments = parser.parse_args()
    print(
        f"Estimates, at {arguments.efficiency:.0%} of the roofline; a caption of {arguments.tokens} tokens.\n"
    )
    print(
        "| bundle, stage | GMAC float + int | MB read | " + " | ".join(board.name for board in BOARDS) + " |"
    )
    print("|---|---|---|" + "---|" * len(BOARDS))
    for bundle in arguments.bundles:
        stages = caption_work(bundle, arguments.tokens)
        rows = {name: [board.seconds(work) for board in BOARDS] for name, work in stages.items()}
        rows["all"] = [sum(column) for column in zip(*rows.values(), strict=True)]
        stages["all"] = sum(stages.values(), Work())
        for name, seconds in rows.items():
            work = stages[name]
            counts = f"{work.float_macs / 1e9:.2f} + {work.integer_macs / 1e9:.2f} | {work.bytes / 1e6:.0f}"
            times = " | ".join(f"{1000 * value / arguments.efficiency:.0f} ms" for value in seconds)
            print(f"| {bundle.name}, {name} | {counts} | {times} |")


if __name__ == "__main__":
    main()
