"""The vision tower of a transformers model, run once for each picture.

`generate` of transformers takes pixels and runs the vision tower itself, for some models (GIT) on as many
copies of the picture as there are beams. To know only whether a scene is new, the tower is enough.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel
from transformers.utils.generic import ModelOutput

# As transformers names them (PreTrainedModel.get_encoder), GIT's, and that of VisionEncoderDecoder.
_NAMES = (
    "vision_tower",
    "visual",
    "vision_model",
    "vision_encoder",
    "image_tower",
    "image_encoder",
    "encoder",
)


class _TowerFinishedError(Exception):
    """Ends a call of the model as soon as its tower has run."""


@dataclass(frozen=True, slots=True)
class VisionFeatures:
    """The tower's output for a picture.

    Attributes:
        pixels: Its input, with the picture along the first axis.
        features: Its output, as the model's class has it, with the picture along the first axis.
    """

    pixels: torch.Tensor
    features: Any

    def embedding(self) -> np.ndarray:
        """The features' mean over the picture, float32 (width,), of unit length."""
        features = self.features
        if not isinstance(features, torch.Tensor):
            features = features[0]  # last_hidden_state
        features = features.float()
        if features.ndim == 4:  # a convolutional tower's maps: (pictures, width, rows, columns)
            features = features.flatten(2).transpose(1, 2)
        mean = features.reshape(-1, features.shape[-1]).mean(0)
        return np.asarray(torch.nn.functional.normalize(mean, dim=0).cpu().numpy())


class VisionTower:
    """The vision tower of a model."""

    def __init__(self, model: PreTrainedModel) -> None:
        """Find the tower.

        Raises:
            LookupError: The model has none by any name that transformers uses.
        """
        owners = (model, model.base_model)
        found = (getattr(owner, name, None) for name in _NAMES for owner in owners)
        tower = next((module for module in found if isinstance(module, torch.nn.Module)), None)
        if tower is None:
            raise LookupError(f"{type(model).__name__} has no vision tower")
        self._tower = tower

    def run(self, call: Callable[[], object]) -> VisionFeatures:
        """Run the tower alone.

        Args:
            call: Calls the model with a picture. The call ends when the tower has run: its text is not begun.

        Raises:
            LookupError: The model does not run its tower.
        """
        found: list[VisionFeatures] = []

        def stop(_: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
            found.append(VisionFeatures(_pixels(args, kwargs), output))
            raise _TowerFinishedError

        hook = self._tower.register_forward_hook(stop, with_kwargs=True)
        try:
            with contextlib.suppress(_TowerFinishedError):
                call()
        finally:
            hook.remove()
        if not found:
            raise LookupError("the model does not look at the picture")
        return found[0]

    @contextlib.contextmanager
    def reusing(self, known: VisionFeatures) -> Iterator[None]:
        """Within this context the tower does not run for a known picture or copies of it, only for others."""
        run = self._tower.forward

        def forward(*args: Any, **kwargs: Any) -> Any:
            pixels = _pixels(args, kwargs)
            times = len(pixels) // len(known.pixels)
            if times and torch.equal(pixels, _repeated(known.pixels, times)):
                return _repeated(known.features, times)
            return run(*args, **kwargs)

        self._tower.forward = forward
        try:
            yield
        finally:
            del self._tower.forward  # uncovers the class's own


def _pixels(args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.Tensor:
    return next(value for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor))


def _repeated(value: Any, times: int) -> Any:
    """A tower's output for so many copies of the picture: a new one each time, since models write into it."""
    if isinstance(value, torch.Tensor):
        return value if times == 1 else value.repeat(times, *(1 for _ in value.shape[1:]))
    if isinstance(value, ModelOutput):
        return type(value)(**{name: _repeated(item, times) for name, item in value.items()})
    if isinstance(value, tuple | list):
        return type(value)(_repeated(item, times) for item in value)
    return value
