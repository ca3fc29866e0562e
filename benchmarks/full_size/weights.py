"""Random weights of the published captioner, once as its files and twice as our bundles.

    python -m benchmarks.full_size.weights FOLDER SIZES

A folder of the same sizes, made by the same code, is left as it is: at full size it takes minutes, and has
2.4 GB.
"""

from __future__ import annotations

import hashlib
import json
import sys
import warnings
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from transformers import GPT2LMHeadModel

import earsight_training
from benchmarks.full_size.mapper import Mapper
from benchmarks.full_size.sizes import BY_NAME, STOP, Sizes
from earsight_training.bundles.graph_builder import Precision
from earsight_training.bundles.writer import write_bundle
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.networks.clip_encoders import clip_image_encoder
from earsight_training.published import read_published
from tests.training import clip_models, gpt2_models

STAMP = "weights.json"
"""The file that says that everything is there, and how it was made."""
PRECISIONS: tuple[Precision, ...] = ("float32", "int8")


def make(folder: Path, sizes: Sizes) -> None:
    """Write published.pt, clip.pt, a bundle of each precision, and the stamp, which also holds the standard
    deviation of a prefix.

    Args:
        folder: Made where there is none.
        sizes: Of the networks.
    """
    stamp, wanted = folder / STAMP, {"sizes": asdict(sizes), "made_by": _code()}
    if stamp.exists() and _without_scale(stamp) == wanted:
        return
    stamp.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(3)
    gpt2 = unending(
        gpt2_models.gpt2_model(
            sizes.vocabulary, sizes.width, sizes.layers, sizes.heads, positions=sizes.positions
        )
    )
    published = gpt2_models.published_state(
        "transformer", gpt2, embedding=sizes.embedding, prefix=sizes.prefix, layers=sizes.mapper_layers
    )
    torch.save(published, folder / "published.pt")
    clip = {k: v for k, v in clip_models.clip_state(sizes.clip).items() if k.startswith("visual.")}
    torch.save(clip, folder / "clip.pt")
    scale = _prefix_scale(published, sizes)
    del gpt2, published
    _write_bundles(folder, sizes)
    stamp.write_text(json.dumps(wanted | {"prefix_scale": scale}))


def unending(gpt2: GPT2LMHeadModel) -> GPT2LMHeadModel:
    """Change random weights so that captions have as many tokens as they may.

    They become larger than a network's before training, so that they have something to say, and the stop
    token gets a logit far below all others.

    Args:
        gpt2: Changed in place.

    Returns:
        The same model.
    """
    direction = torch.nn.functional.normalize(torch.randn(gpt2.config.n_embd), dim=0)
    with torch.no_grad():
        for name, parameter in gpt2.named_parameters():
            if name.endswith("weight") and "ln_" not in name and "wpe" not in name:
                parameter.mul_(3)
        # What is normalised has a spread of about 1 in any direction: this one is never seen from behind.
        gpt2.transformer.ln_f.bias.add_(8 * direction)
        gpt2.transformer.wte.weight[STOP] = -10 * direction
    return gpt2


def _write_bundles(folder: Path, sizes: Sizes) -> None:
    tokenizer = gpt2_models.byte_tokenizer(sizes.vocabulary)
    imported = read_published(folder / "published.pt", tokenizer, clip="RN50x4")
    assert imported.vocabulary.end == STOP
    encoder = clip_image_encoder(torch.load(folder / "clip.pt"))
    model = CaptionModel(encoder, imported.model.mapper, imported.model.decoder).eval()
    for precision in PRECISIONS:
        write_bundle(folder / precision, replace(imported, model=model), precision, "# Random weights\n")


@torch.no_grad()
def _prefix_scale(published: dict[str, torch.Tensor], sizes: Sizes) -> float:
    """The standard deviation of what the mapper makes of some embeddings."""
    mapper = Mapper(sizes)
    name = "clip_project."
    mapper.load_state_dict({k.removeprefix(name): v for k, v in published.items() if k.startswith(name)})
    return float(torch.cat([mapper(torch.randn(1, sizes.embedding)) for _ in range(8)]).std())


def _code() -> str:
    """A hash of everything that decides what is written: another exporter makes other bundles."""
    package = Path(earsight_training.__file__).parent
    own = [Path(str(module.__file__)) for module in (clip_models, gpt2_models, sys.modules[__name__])]
    digest = hashlib.sha256()
    for path in [*sorted(package.rglob("*.py")), *own]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _without_scale(stamp: Path) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(stamp.read_text())
    written.pop("prefix_scale")
    return written


if __name__ == "__main__":
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    make(Path(sys.argv[1]), BY_NAME[sys.argv[2]])
