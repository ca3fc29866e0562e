"""Teaching an image encoder what people, and other detectors, have seen in all kinds of photos.

So that it knows more than people and dogs before it learns to caption: it learns which objects are present,
the place, and the ground ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import TensorDataset

from earsight_training.data.object_labels import LabelledPhoto, place_labels
from earsight_training.data.place_labels import GROUNDS, PLACES
from earsight_training.learning.distributed import Losses, autocast, this_process
from earsight_training.learning.place_training import place_loss
from earsight_training.learning.trainer import Trainer, TrainingPlan
from earsight_training.networks.encoders import FeatureMapEncoder
from earsight_training.networks.place_head import PlaceHead
from earsight_training.recipe import SeeSettings

_SHOWN = (1.0, 1.35)
"""By how much a photo is enlarged: what is at its edge must not be lost too often, since it is labelled."""
_STRETCH = 0.15
_RARE = -8.0
"""Log-odds of a class in one of the cells, to begin with."""


class SeeingEncoder(nn.Module):
    """An encoder, and a head that exists only while it is taught.

    Attributes:
        encoder: The encoder.
        head: Reads its cells.
    """

    def __init__(self, encoder: FeatureMapEncoder, classes: int) -> None:
        """Add a head.

        Args:
            encoder: To teach.
            classes: Of objects.
        """
        super().__init__()
        self.encoder = encoder
        self.head = PlaceHead(encoder.channels, len(PLACES), len(GROUNDS), classes)
        nn.init.constant_(self.head.presence.bias, _RARE)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Read photos: float (batch, 3, side, side), RGB, 0 to 255, to what PlaceHead returns."""
        cells: Tensor = self.encoder(pixels).flatten(2).transpose(1, 2)
        read: tuple[Tensor, Tensor, Tensor] = self.head(cells)
        return read


class LabelledViews:
    """Photos with what is known of them, on one device, of which random views are drawn."""

    def __init__(self, pixels: np.ndarray, photos: Sequence[LabelledPhoto], device: torch.device) -> None:
        """Move photos to a device.

        Args:
            pixels: uint8 (photos, side, side, 3).
            photos: The same.
            device: That trains.
        """
        self.places, self.grounds, self.presence = (
            torch.from_numpy(labels).to(device) for labels in place_labels(photos)
        )
        self.pixels = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous().to(device)

    def __len__(self) -> int:
        return len(self.pixels)

    def losses(self, model: SeeingEncoder, rows: Tensor) -> Tensor:
        """Compute the loss of random views of some photos, a scalar.

        Args:
            model: To teach.
            rows: int64 (batch,), on the device.
        """
        with torch.no_grad():
            views = random_views(self.pixels[rows])
        with autocast(views.device):
            outputs = model(views.to(memory_format=torch.channels_last))
        return place_loss(outputs, self.places[rows], self.grounds[rows], self.presence[rows])


def random_views(pixels: Tensor) -> Tensor:
    """Enlarge, stretch, shift, mirror and colour photos, each in its own way.

    Args:
        pixels: uint8 (batch, 3, side, side).

    Returns:
        Float, of the same shape.
    """
    batch, device = len(pixels), pixels.device

    def drawn(low: float, high: float, channels: int = 1) -> Tensor:
        return torch.rand(batch, channels, device=device) * (high - low) + low

    stretch = drawn(-_STRETCH, _STRETCH).exp()
    zoom = drawn(*_SHOWN) * torch.maximum(stretch, 1 / stretch)
    wide, high = zoom * stretch, zoom / stretch
    mirrored = torch.where(drawn(0, 1) < 0.5, -1.0, 1.0)
    x, y = drawn(-1, 1) * (1 - 1 / wide), drawn(-1, 1) * (1 - 1 / high)
    zero = torch.zeros_like(x)
    matrix = torch.cat([mirrored / wide, zero, x, zero, 1 / high, y], 1).reshape(batch, 2, 3)
    grid = functional.affine_grid(matrix, list(pixels.shape), align_corners=False)
    views = functional.grid_sample(pixels.float(), grid, padding_mode="border", align_corners=False)
    grey = views.mean((1, 2, 3), keepdim=True)
    contrast, light = (drawn(-0.3, 0.3).exp()[..., None, None] for _ in range(2))
    tint = drawn(-0.08, 0.08, 3).exp()[..., None, None]
    return (((views - grey) * contrast + grey) * light * tint).clamp(0, 255)


def teach_encoder(
    encoder: FeatureMapEncoder,
    pixels: np.ndarray,
    photos: Sequence[LabelledPhoto],
    settings: SeeSettings,
    work: Path,
    seed: int,
) -> SeeingEncoder:
    """Teach until the last epoch, going on from work/see.pt if it is there.

    Args:
        encoder: With the weights that it starts from.
        pixels: uint8 (photos, side, side, 3).
        photos: The same.
        settings: The recipe's section see.
        work: Folder for the checkpoint and the learning curve.
        seed: Of the order and the views of the photos.

    Returns:
        The encoder with its head, in eval mode.

    Raises:
        TrainingError: As Trainer does.
    """
    model = SeeingEncoder(encoder, len(photos[0].presence))
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    views = LabelledViews(pixels, photos, this_process().device)
    optimizer, checkpoint = _optimizer(model, settings), work / "see.pt"
    plan = _plan(settings, len(photos), seed)
    trainer = Trainer("see", model, optimizer, checkpoint, plan, curves=work / "curves")
    order = TensorDataset(torch.arange(len(photos)))

    def begin_epoch(_: int) -> TensorDataset:
        model.eval()  # its batch norms keep their statistics
        return order

    taught = trainer.run(begin_epoch, _losses(model, views))
    assert isinstance(taught, SeeingEncoder)
    return taught.eval()


def _plan(settings: SeeSettings, photos: int, seed: int) -> TrainingPlan:
    return TrainingPlan(
        photos=photos,
        batch=settings.batch,
        epochs=settings.epochs,
        seed=seed,
        warmup_steps=photos // settings.batch,
        ema=settings.ema,
    )


def _optimizer(model: SeeingEncoder, settings: SeeSettings) -> torch.optim.Optimizer:
    """With a higher learning rate for the head, which begins with nothing."""
    groups = [
        {"name": "encoder", "params": list(model.encoder.parameters()), "lr": settings.learning_rate},
        {"name": "head", "params": list(model.head.parameters()), "lr": 5 * settings.learning_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=0.02, fused=True)


def _losses(model: SeeingEncoder, views: LabelledViews) -> Losses:
    """From numbers of photos to losses: see Losses."""

    def losses(batch: list[Tensor]) -> tuple[dict[str, Tensor], float]:
        return {"loss": views.losses(model, batch[0])}, float(len(batch[0]))

    return losses
