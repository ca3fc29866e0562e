"""A run of the Trainer that takes a moment, to be started in one process or by torchrun in several.

Part of the model is frozen in the first epoch and part of it is never used; the loss is a mean over as many
numbers as an example happens to have, so that the shares of a batch do not weigh the same.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset, TensorDataset

from earsight_training.learning.distributed import this_process
from earsight_training.learning.time_limit import TimeLimit
from earsight_training.learning.trainer import Trainer, TrainingPlan
from earsight_training.learning.validation import Validation

PHOTOS, LONGEST = 46, 6
PLAN = TrainingPlan(photos=PHOTOS, batch=7, epochs=4, seed=5, warmup_steps=3, ema=0.8)


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Linear(5, 8)
        self.decoder = nn.Linear(8, LONGEST)
        self.unused = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(torch.tanh(self.encoder(x)))


def small_data() -> TensorDataset:
    draw = torch.Generator().manual_seed(2)
    x = torch.randn(PHOTOS, 5, generator=draw)
    y = torch.randn(PHOTOS, LONGEST, generator=draw) + x.sum(1, keepdim=True)
    lengths = torch.randint(1, LONGEST + 1, (PHOTOS, 1), generator=draw)
    return TensorDataset(x, y, torch.arange(LONGEST) < lengths)


class OneByOne(Dataset):
    """The same data, as one that worker processes read."""

    def __init__(self, data: TensorDataset) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        return self._data[index]


class InterruptionError(Exception):
    pass


def small_run(
    folder: Path,
    plan: TrainingPlan = PLAN,
    *,
    data: Dataset | None = None,
    validation: Validation | None = None,
    learning_rate: float = 0.1,
    cut: int | None = None,
    limit: TimeLimit | None = None,
) -> nn.Module:
    """cut: the epoch that is interrupted as it begins."""
    torch.manual_seed(1)
    model = Small()
    optimizer = torch.optim.AdamW([{"name": "all", "params": model.parameters(), "lr": learning_rate}])
    trainer = Trainer(
        "small",
        model,
        optimizer,
        folder / "small.pt",
        plan,
        validation=validation,
        curves=folder if validation else None,
        limit=limit,
    )
    examples = data or small_data()

    def begin_epoch(epoch: int) -> Dataset:
        if epoch == cut:
            raise InterruptionError
        model.encoder.requires_grad_(epoch > 0)
        return examples

    def losses(batch: list[Tensor]) -> tuple[dict[str, Tensor], Tensor]:
        x, y, used = batch
        error = (model(x) - y)[used]
        return {"square": error.square().mean(), "absolute": 0.1 * error.abs().mean()}, used.sum()

    return trainer.run(begin_epoch, losses)


def main(folder: Path) -> None:
    """A run that is cut after two epochs, in folder/cut, and a whole one in folder/whole."""
    torch.set_num_threads(1)
    process = this_process()
    with process.connected():
        with contextlib.suppress(InterruptionError):
            small_run(folder / "cut", cut=2)
        trained = small_run(folder / "whole")
    torch.save(trained.state_dict(), folder / f"process{process.rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
