"""The model by itself, without a device."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from earsight.bundles.bundle import open_bundle
from earsight.captioners.onnx import OnnxCaptioner
from earsight.scene import Frame
from earsight.vision.describer import Describer
from earsight.vision.novelty import cosine_distance
from tests.hil import quick_model
from tests.hil.camera import frame
from tests.hil.photos import photo


def test_each_photo_has_a_sentence_of_its_own_and_is_news_after_any_other(tmp_path: Path) -> None:
    quick_model.write(tmp_path / "model")
    describer = Describer(OnnxCaptioner(open_bundle(tmp_path / "model")))
    embeddings = []
    for number in range(len(quick_model.SENTENCES)):
        pixels = np.frombuffer(frame(photo(number)), np.uint8).reshape(480, 640, 3)[..., ::-1]
        scene = describer.describe(Frame(pixels, captured_at=0.0)).scene
        best = scene.captions[0]
        assert f"{best.text}.".lower() == quick_model.sentence(number).lower()
        assert best.confidence > 0.95
        embeddings.append(scene.embedding)
    for number, embedding in enumerate(embeddings):
        assert all(cosine_distance(embedding, other) > 0.4 for other in embeddings[:number])
