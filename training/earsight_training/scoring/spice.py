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
_PATIENCE = 600.0
"""Seconds that it may take for one caption; most of it is the loading of models."""
_FETCH = "python -m pycocoevalcap.spice.get_stanford_models"


def what_is_missing() -> str | None:
    """Why SPICE can't be had, in a few words; None where it can.

    Where its models are there, it is tried on one caption, which takes half a minute. Starts no download.
    """
    missing = [name for name in _MODELS if not (_folder() / "lib" / name).is_file()]
    if missing:
        return f"{' and '.join(missing)} not in {_folder() / 'lib'}; `{_FETCH}` downloads them"
    try:
        spice(["a dog"], [["a dog"]], _PATIENCE)
    except java.JavaError as error:
        return str(error)
    return None


def spice(
    captions: Sequence[str], references: Sequence[Sequence[str]], patience: float | None = None
) -> np.ndarray:
    """F of each tokenized caption against its tokenized references, float64 (captions,).

    Args:
        captions: One a photo.
        references: Of each photo.
        patience: Seconds that it may take; None: any time.

    Raises:
        JavaError: Java is missing, the program failed, or it took too long.
    """
    from pycocoevalcap.spice import spice as shipped

    rows = [
        {"image_id": index, "test": caption, "refs": list(texts)}
        for index, (caption, texts) in enumerate(zip(captions, references, strict=True))
    ]
    with tempfile.TemporaryDirectory() as scratch:
        asked, answered = Path(scratch) / "asked.json", Path(scratch) / "answered.json"
        asked.write_text(json.dumps(rows), encoding="utf-8")
        options = ["-out", str(answered), "-subset", "-silent"]
        arguments = ["-Xmx8G", "-jar", shipped.SPICE_JAR, str(asked), *options]
        java.run("SPICE", arguments, _folder(), patience=patience)
        scores = {row["image_id"]: row["scores"]["All"]["f"] for row in json.loads(answered.read_bytes())}
    return np.array([float(scores[index]) for index in range(len(rows))])


def _folder() -> Path:
    from pycocoevalcap.spice import spice as shipped

    return Path(shipped.__file__).parent
