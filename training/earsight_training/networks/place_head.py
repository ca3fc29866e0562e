"""Linear readings of an image encoder's cells: the place, the ground ahead, and which objects are present."""

from __future__ import annotations

import torch
from torch import Tensor, nn

ROWS = 7
"""Of the encoder's cells, and columns."""
AHEAD = tuple(row * ROWS + column for row in (5, 6) for column in (2, 3, 4))
"""The cells in which the ground ahead lies."""


class PlaceHead(nn.Module):
    """Cells to log-odds."""

    def __init__(self, channels: int, places: int, grounds: int, classes: int) -> None:
        """Make it with zeros.

        Args:
            channels: Of a cell.
            places: Places.
            grounds: Kinds of ground.
            classes: Classes of objects.
        """
        super().__init__()
        self.places = nn.Linear(channels, places)
        self.grounds = nn.Linear(channels, grounds)
        self.presence = nn.Linear(channels, classes)
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def forward(self, cells: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Read cells.

        Args:
            cells: Float (batch, ROWS * ROWS, channels), row by row.

        Returns:
            Log-odds of the places, float (batch, places); log-weights of the grounds, (batch, grounds); and
            log-odds of the classes, (batch, classes): those of a class are high where those of one cell are.
        """
        places = self.places(cells.mean(1))
        grounds = self.grounds(cells[:, list(AHEAD)].mean(1))
        return places, grounds, torch.logsumexp(self.presence(cells), 1)
