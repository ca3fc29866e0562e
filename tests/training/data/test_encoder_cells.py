"""What an encoder sees in photos, kept in a file."""

import json
import shutil

import numpy as np
import onnx
import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.encoder_cells import encoded
from earsight_training.data.object_labels import Boxes
from earsight_training.errors import TrainingError
from tests.training.detection_examples import labelled, save_picture


@pytest.fixture
def photos(tmp_path):
    """Three photos, of which the first one is there twice."""
    thing = ("person", (0.1, 0.1, 0.6, 0.6))
    paths = [tmp_path / "images" / f"{name}.png" for name in "abc"]
    for path, things in zip(paths, ((), (thing,), (thing, ("dog", (0.7, 0.5, 0.9, 0.9)))), strict=True):
        save_picture(path, *things)
    return [labelled(str(path), Boxes.of([]), [True]) for path in (*paths, paths[0])]


def test_each_photo_is_encoded_once(seeing_bundle, photos, tmp_path):
    examples = encoded(seeing_bundle, photos, tmp_path / "cells.npy")
    assert examples.cells.shape == (3, 49, 32)
    assert examples.cells.dtype == np.float16
    assert len(examples) == len(examples.grounds) == len(examples.presence) == 3
    first, second, third = examples.cells.astype(np.float32)
    assert np.abs(first - second).max() > 0.01
    differ = np.abs(second - third).max(1).reshape(7, 7)
    assert differ[3:6, 4:7].max() > 10 * max(differ[:2, :2].max(), 1e-4), "cells are those of the picture"


def test_what_is_kept_is_taken_only_for_the_same_photos(seeing_bundle, photos, tmp_path):
    kept = tmp_path / "cells.npy"
    before = np.array(encoded(seeing_bundle, photos, kept).cells)
    marked = before.copy()
    marked[0] = 7
    np.save(kept, marked)
    np.testing.assert_array_equal(encoded(seeing_bundle, photos, kept).cells, marked)
    swapped = encoded(seeing_bundle, [photos[1], photos[0], photos[2]], kept)
    np.testing.assert_array_equal(swapped.cells, before[[1, 0, 2]])


def with_manifest(bundle, folder, **changes):
    shutil.copytree(bundle, folder)
    content = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(content | changes))
    return folder


def test_encoders_that_cannot_be_read_are_refused(seeing_bundle, photos, tmp_path):
    small = with_manifest(seeing_bundle, tmp_path / "small")
    graph = onnx.load(str(small / "encoder.onnx"))
    cells = next(output for output in graph.graph.output if output.name == "cells")
    graph.graph.output.remove(cells)
    onnx.save(graph, str(small / "encoder.onnx"))
    with pytest.raises(TrainingError, match="its encoder puts out no cells; export the bundle again"):
        encoded(small, photos, tmp_path / "cells.npy")
    plain = with_manifest(seeing_bundle, tmp_path / "plain", image=None)
    with pytest.raises(TrainingError, match="it does not caption, so it has no encoder to read"):
        encoded(plain, photos, tmp_path / "cells.npy")
    assert not (tmp_path / "cells.sha256").exists()
