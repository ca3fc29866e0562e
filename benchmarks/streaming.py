"""What speaking before the last token exists would gain: a table for a bundle, over some photos.

The first clause of a greedy caption could be spoken while the rest is decoded. Against that stand the search
with all beams, whose first word is only known when it ends, and the time that the voice needs to begin.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.machine import processor
from earsight.bundles.bundle import Bundle, bundle_folder, open_bundle
from earsight.cameras.photos import list_photos, load_photo
from earsight.captioners.captioner import Encoding
from earsight.captioners.onnx import OnnxCaptioner

CLAUSE = 5
"""Tokens of a first clause, such as "a dog is running on"."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path, help="folder of photos")
    parser.add_argument("--bundle", default="builtin")
    parser.add_argument("--count", type=int, default=100)
    arguments = parser.parse_args()
    bundle = open_bundle(bundle_folder(arguments.bundle))
    searching = OnnxCaptioner(bundle)
    photos = list_photos(arguments.photos)[: arguments.count]
    encodings = [searching.encode(searching.prepare(load_photo(photo))) for photo in photos]
    print(f"{processor()}; {len(photos)} photos\n\n| until the words are there | median ms |\n|---|---|")
    print(f"| first {CLAUSE} tokens, greedy | {_median_ms(_greedy(bundle, CLAUSE), encodings):.1f} |")
    print(f"| the whole caption, greedy | {_median_ms(_greedy(bundle, None), encodings):.1f} |")
    print(f"| the whole caption, all beams | {_median_ms(searching, encodings):.1f} |")


def _greedy(bundle: Bundle, tokens: int | None) -> OnnxCaptioner:
    captioner = OnnxCaptioner(bundle, beams=1, max_tokens=tokens)
    captioner.warm_up()
    return captioner


def _median_ms(captioner: OnnxCaptioner, encodings: list[Encoding[np.ndarray]]) -> float:
    seconds = []
    for encoding in encodings:
        began = time.perf_counter()
        captioner.search(encoding.prefix)
        seconds.append(time.perf_counter() - began)
    return 1000 * float(np.median(seconds))


if __name__ == "__main__":
    main()
