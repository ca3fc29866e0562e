"""The published captioner at full size, from the file that users have to the device and within its memory."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("transformers", reason="transformers comes with the train extra")
# CLIP's own files are TorchScript archives: there is no other way to read or write them.
pytestmark = [pytest.mark.heavy, pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")]

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight.captioners.onnx import OnnxCaptioner  # noqa: E402
from earsight_training.bundles.writer import write_bundle  # noqa: E402
from earsight_training.networks.caption_model import CaptionModel  # noqa: E402
from earsight_training.networks.clip_encoders import clip_image_encoder  # noqa: E402
from earsight_training.published import read_published  # noqa: E402
from tests.training.bundles.test_identity import differing, talkative  # noqa: E402
from tests.training.clip_models import clip_state  # noqa: E402
from tests.training.gpt2_models import byte_tokenizer, gpt2_model, published_state  # noqa: E402

VOCABULARY, WIDTH, STOP, PREFIX = 50_257, 768, 13, 40
RESIDENT_LIMIT_MB = 600
FULL_SIZE_PREFIXES = 12
# `python -m earsight describe`, and then the most memory that its process ever had. (What the system tells
# its parent begins with the parent's own.)
DESCRIBE = """
import sys
from pathlib import Path
from earsight.cli import main
code = main(["describe", "--json", "--evidence", "--bundle", *sys.argv[1:]])
print(Path("/proc/self/status").read_text())
sys.exit(code)
"""


@pytest.fixture(scope="module")
def gpt2():
    return talkative(gpt2_model(VOCABULARY, WIDTH, layers=12, heads=12, positions=1024), STOP, willing=3.0)


@pytest.fixture(scope="module")
def captioner(tmp_path_factory, gpt2):
    """Random weights in the published .pt format, imported, with an RN50x4."""
    path = tmp_path_factory.mktemp("published") / "published.pt"
    torch.save(published_state("transformer", gpt2, embedding=640, prefix=PREFIX, layers=8), path)
    imported = read_published(path, byte_tokenizer(VOCABULARY))
    path.unlink()
    model = imported.model
    tower = clip_image_encoder(clip_state("RN50x4"))
    return replace(imported, model=CaptionModel(tower, model.mapper, model.decoder).eval())


def test_int8_runs_on_the_device_within_its_memory(tmp_path, captioner):
    write_bundle(tmp_path / "bundle", captioner, "int8", "# Published\n")
    photo = tmp_path / "photo.png"
    pixels = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)
    Image.fromarray(pixels).resize((640, 480)).save(photo)
    command = [sys.executable, "-c", DESCRIBE, str(tmp_path / "bundle"), *[str(photo)] * 4]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [json.loads(line) for line in said if line.startswith("{")]
    peak = next(int(line.split()[1]) / 1024 for line in said if line.startswith("VmHWM"))
    checks = json.loads((tmp_path / "bundle" / "manifest.json").read_text())["checks"]
    print(f"\n{peak:.0f} MB at most; {rows[-1]['timings_ms']}; {checks}")
    assert all(row["captions"] == rows[0]["captions"] for row in rows)
    assert peak < RESIDENT_LIMIT_MB


def test_the_same_token_sequences_as_the_published_search(tmp_path, captioner, gpt2):
    write_bundle(tmp_path / "bundle", captioner, "float32", "# Published\n")
    device = OnnxCaptioner(
        open_bundle(tmp_path / "bundle"), time_limit=float("inf"), max_tokens=20, no_repeat=0
    )
    draw = torch.Generator().manual_seed(6)
    prefixes = torch.randn(FULL_SIZE_PREFIXES, PREFIX, WIDTH, generator=draw)
    others, lengths, unfinished = differing(gpt2, device, STOP, prefixes, longest=20)
    print(f"\nlengths {sorted(lengths)}, {unfinished} unfinished")
    assert not others
