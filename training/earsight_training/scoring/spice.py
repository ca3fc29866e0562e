"""SPICE (Anderson et al., 2016, arXiv:1607.08822), by the Java program that pycocoevalcap ships.

It parses with models of Stanford's (0.4 GB) that do not come with the package. pycocoevalcap downloads them
as soon as its scorer is made; here they are only looked for.

The program's cache of parsed captions is left off, which changes no score: it needs Java 8 (later versions
refuse it their own classes) and a native library that 64-bit Arm does not have. So each run parses all
references, which takes minutes for thousands of them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from earsight_training.scoring import java

_MODELS = ("stanford-corenlp-3.6.0.jar", "stanford-corenlp-3.6.0-models.jar")
_FETCH = "python -m pycocoevalcap.spice.get_stanford_models"


def what_is_missing() -> str | None:
    """Why SPICE can't be had, in a few words; None where it can. Starts no download."""
    missing = [name for name in _MODELS if not (_folder() / "lib" / name).is_file()]
    if not missing:
        return None
    return f"{' and '.join(missing)} not in {_folder() / 'lib'}; `{_FETCH}` downloads them"


def spice(captions: Sequence[str], references: Sequence[Sequence[str]]) -> np.ndarray:
    """F of each tokenized caption against its tokenized references, float64 (captions,). Raises JavaError."""
    from pycocoevalcap.spice import spice as shipped

    rows = [
        {"image_id": index, "test": caption, "refs": list(texts)}
        for index, (caption, texts) in enumerate(zip(captions, references, strict=True))
    ]
    with tempfile.TemporaryDirectory() as scratch:
        asked, answered = Path(scratch) / "asked.json", Path(scratch) / "answered.json"
        asked.write_text(json.dumps(rows), encoding="utf-8")
        options = ["-out", str(answered), "-subset", "-silent"]
        java.run("SPICE", ["-Xmx8G", "-jar", shipped.SPICE_JAR, str(asked), *options], _folder())
        scores = {row["image_id"]: row["scores"]["All"]["f"] for row in json.loads(answered.read_bytes())}
    return np.array([float(scores[index]) for index in range(len(rows))])


def _folder() -> Path:
    from pycocoevalcap.spice import spice as shipped

    return Path(shipped.__file__).parent
