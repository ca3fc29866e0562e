"""Pictures for a detector to learn from, put together on the device that trains.

All photos are small and lie on the device. A picture is one of them, made larger or smaller, or a mosaic of
four (Bochkovskiy et al., arXiv:2004.10934), so that things come in the sizes that a camera shows them in.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from earsight_training.data.object_labels import LabelledPhoto

_GREY = 114.0
_ZOOM_ONE, _ZOOM_FOUR = (0.6, 1.6), (0.9, 1.8)
"""By how much a photo, and a mosaic, is made larger than the picture."""
_STRETCH = 0.2
"""Of width against height, either way."""
_SHIFT = 0.15
"""Of the middle, as a share of the picture."""
_KEPT = 0.35
"""Share of a box that has to be left within the picture."""
_MOST = 80
"""Boxes of a picture: the unlikely ones of a crowd, or of a mosaic of crowds, are left out."""
_TINY = 4.0
"""Pixels: what has become smaller is no thing any more."""


@dataclass(frozen=True)
class LabelledPixels:
    """Photos with their labels, as tensors on one device.

    Attributes:
        pixels: uint8 (photos, 3, side, side).
        corners: float32 (photos, most, 4), 0 to 1.
        classes: int64 (photos, most).
        targets: float32 (photos, most); 0 where there is no box.
        known: bool (photos, classes).
    """

    pixels: Tensor
    corners: Tensor
    classes: Tensor
    targets: Tensor
    known: Tensor

    @classmethod
    def of(cls, pixels: Tensor, photos: list[LabelledPhoto], device: torch.device) -> LabelledPixels:
        """Move photos to a device.

        Args:
            pixels: uint8 (photos, side, side, 3).
            photos: The same.
            device: That trains.
        """
        most = max(1, *(len(photo.boxes) for photo in photos))
        corners, targets = torch.zeros(len(photos), most, 4), torch.zeros(len(photos), most)
        classes = torch.zeros(len(photos), most, dtype=torch.int64)
        for row, photo in enumerate(photos):
            count = len(photo.boxes)
            corners[row, :count] = torch.from_numpy(photo.boxes.corners)
            classes[row, :count] = torch.from_numpy(photo.boxes.classes)
            targets[row, :count] = torch.from_numpy(photo.boxes.targets)
        known = torch.stack([torch.from_numpy(photo.known) for photo in photos])
        rows = (pixels.permute(0, 3, 1, 2), corners, classes, targets, known)
        return cls(*(tensor.to(device) for tensor in rows))

    def __len__(self) -> int:
        return len(self.pixels)


@dataclass(frozen=True)
class Pictures:
    """A batch to learn from.

    Attributes:
        pixels: Float (batch, 3, side, side), RGB, 0 to 255.
        corners: Float (batch, most, 4), in pixels.
        classes: int64 (batch, most).
        targets: Float (batch, most); 0 where there is no box.
        sources: int64 (batch, 2, 2): the photo that each quarter of the picture before its transformation
            came from.
        matrix: Float (batch, 2, 3): from a picture's coordinates, -1 to 1, to those before it was
            transformed.
    """

    pixels: Tensor
    corners: Tensor
    classes: Tensor
    targets: Tensor
    sources: Tensor
    matrix: Tensor

    def known_at(self, points: Tensor, known: Tensor) -> Tensor:
        """Find out which classes are labelled at points of the pictures.

        Args:
            points: Float (points, 2), x and y in pixels.
            known: bool (photos, classes), of all photos.

        Returns:
            bool (batch, points, classes). Around the photos nothing is to be found, and all is known.
        """
        side = self.pixels.shape[-1]
        at = torch.cat([points / side * 2 - 1, points.new_ones(len(points), 1)], 1)
        before = at @ self.matrix.transpose(1, 2)
        column, row = (before > 0).long().unbind(-1)
        batch = torch.arange(len(before), device=before.device)[:, None]
        outside = (before.abs() > 1).any(-1)
        return known[self.sources[batch, row, column]] | outside[..., None]


def pictures(data: LabelledPixels, photos: Tensor, side: int, mosaics: float) -> Pictures:
    """Make a batch.

    Args:
        data: All photos.
        photos: int64 (batch,): one for each picture. The others of a mosaic are drawn from all.
        side: Pixels of the pictures.
        mosaics: Share of the pictures that are mosaics.
    """
    device, batch = photos.device, len(photos)
    is_mosaic = torch.rand(batch, device=device) < mosaics
    others = torch.randint(len(data), (batch, 4), device=device)
    others[:, 0] = photos
    sources = torch.where(is_mosaic[:, None], others, photos[:, None]).reshape(batch, 2, 2)
    canvas, corners, classes, targets = _canvas(data, sources, is_mosaic)
    matrix, inverse = _transformation(is_mosaic)
    grid = functional.affine_grid(matrix, [batch, 3, side, side], align_corners=False)
    pixels = functional.grid_sample(canvas - _GREY, grid, align_corners=False) + _GREY
    moved = _moved(corners, inverse, side)
    inside = moved.clamp(0, side)
    kept = (_area(inside) >= _KEPT * _area(moved)) & ((inside[..., 2:] - inside[..., :2]).amin(-1) >= _TINY)
    return Pictures(_coloured(pixels), inside, classes, targets * kept, sources, matrix)


def _canvas(
    data: LabelledPixels, sources: Tensor, is_mosaic: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Four photos, or one that is as large as these; with boxes in -1 to 1. A photo alone is there once."""
    batch, side = len(sources), data.pixels.shape[-1]
    flat = sources.flatten(1)
    four = data.pixels[flat].float().reshape(batch, 2, 2, 3, side, side)
    four = four.permute(0, 3, 1, 4, 2, 5).reshape(batch, 3, 2 * side, 2 * side)
    one = functional.interpolate(
        data.pixels[flat[:, 0]].float(), scale_factor=2.0, mode="bilinear", align_corners=False
    )
    corners, classes, targets = data.corners[flat], data.classes[flat], data.targets[flat]
    offset = corners.new_tensor([[0, 0], [1, 0], [0, 1], [1, 1]]).repeat(1, 2)[None, :, None]
    quarters = corners + offset - 1
    corners = torch.where(is_mosaic[:, None, None, None], quarters, corners * 2 - 1)
    first = torch.tensor([True, False, False, False], device=corners.device)
    targets = targets * (is_mosaic[:, None] | first)[..., None]
    canvas = torch.where(is_mosaic[:, None, None, None], four, one)
    return _without_empty(canvas, corners.flatten(1, 2), classes.flatten(1), targets.flatten(1))


def _without_empty(
    canvas: Tensor, corners: Tensor, classes: Tensor, targets: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """As many places for boxes as the picture with the most of them has, but at most _MOST; the likeliest."""
    most = min(_MOST, max(1, int((targets > 0).sum(1).max())))
    order = targets.argsort(1, descending=True)[:, :most]
    kept = corners.gather(1, order[..., None].expand(-1, -1, 4))
    return canvas, kept, classes.gather(1, order), targets.gather(1, order)


def _transformation(is_mosaic: Tensor) -> tuple[Tensor, Tensor]:
    """From pictures to canvases and back, float (batch, 2, 3): enlarged, stretched, shifted, mirrored."""
    batch, device = len(is_mosaic), is_mosaic.device

    def drawn(low: float, high: float) -> Tensor:
        return torch.rand(batch, device=device) * (high - low) + low

    zoom = torch.where(is_mosaic, drawn(*_ZOOM_FOUR), drawn(*_ZOOM_ONE))
    stretch = drawn(-_STRETCH, _STRETCH).exp()
    mirrored = torch.where(torch.rand(batch, device=device) < 0.5, -1.0, 1.0)
    wide, high = zoom * stretch * mirrored, zoom / stretch
    # The larger the canvas is shown, the further its middle can be moved without showing what is around it.
    reach = torch.maximum(zoom - 1, torch.full_like(zoom, _SHIFT))
    x, y = drawn(-1, 1) * reach, drawn(-1, 1) * reach
    zero = torch.zeros_like(x)
    matrix = torch.stack([1 / wide, zero, -x / wide, zero, 1 / high, -y / high], 1).reshape(batch, 2, 3)
    inverse = torch.stack([wide, zero, x, zero, high, y], 1).reshape(batch, 2, 3)
    return matrix, inverse


def _moved(corners: Tensor, inverse: Tensor, side: int) -> Tensor:
    """Boxes on canvases, -1 to 1, to pixels of the pictures."""
    scale, shift = inverse[:, [0, 1], [0, 1]][:, None], inverse[:, :, 2][:, None]
    ends = torch.stack([corners[..., :2] * scale + shift, corners[..., 2:] * scale + shift], -2)
    pixels = (ends + 1) / 2 * side
    return torch.cat([pixels.amin(-2), pixels.amax(-2)], -1)


def _area(corners: Tensor) -> Tensor:
    return (corners[..., 2:] - corners[..., :2]).clamp(min=0).prod(-1)


def _coloured(pixels: Tensor) -> Tensor:
    """Brightness, contrast, saturation and colour of the light, each picture's own."""
    batch = len(pixels)

    def factor(spread: float, channels: int = 1) -> Tensor:
        return (torch.randn(batch, channels, 1, 1, device=pixels.device) * spread).exp()

    grey = pixels.mean((1, 2, 3), keepdim=True)
    pixels = (pixels - grey) * factor(0.2) + grey
    luminance = pixels.mean(1, keepdim=True)
    pixels = (pixels - luminance) * factor(0.3) + luminance
    return (pixels * factor(0.25) * factor(0.06, 3)).clamp(0, 255)
