"""The learning curve of a run: as a table, as a picture, and as TensorBoard events."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from earsight_training.atomic import replace_file, replacing
from earsight_training.learning.history import EpochRecord


class Curves:
    """Keeps `curve.csv`, `curve.png` and `tensorboard/` in a folder up to date.

    None of them is worth a long run: what can't be written (a full disk, a library that is missing) is
    reported once and then left out.
    """

    def __init__(self, folder: Path, title: str) -> None:
        """Begin; nothing is written yet.

        Args:
            folder: Made where there is none.
            title: Of the picture.
        """
        self._folder, self._title = folder, title
        self._given_up: set[str] = set()
        self._events: Any = None

    def add(self, history: Sequence[EpochRecord]) -> None:
        """Write a new epoch.

        Table and picture are made anew from the whole history, so that an interrupted run neither loses rows
        nor has them twice.

        Args:
            history: All epochs; the last one is new.
        """
        self._attempt("curve.csv", lambda: write_table(self._folder / "curve.csv", history))
        self._attempt("curve.png", lambda: draw(self._folder / "curve.png", self._title, history))
        self._attempt("tensorboard", lambda: self._add_events(history[-1]))

    def _attempt(self, what: str, write: Callable[[], None]) -> None:
        if what in self._given_up:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write()
        except Exception as error:  # whatever goes wrong in a drawing library
            self._given_up.add(what)
            reason = " ".join(str(error).split()) or type(error).__name__
            print(f"{self._folder / what}: no learning curve from here on ({reason})", flush=True)

    def _add_events(self, record: EpochRecord) -> None:
        if self._events is None:
            from torch.utils.tensorboard import SummaryWriter

            # What another run left of this epoch and later ones is not shown any more.
            self._events = SummaryWriter(str(self._folder / "tensorboard"), purge_step=record.epoch)
        for name, value in record.columns():
            self._events.add_scalar(name, value, record.epoch)
        self._events.flush()


def write_table(path: Path, history: Sequence[EpochRecord]) -> None:
    """Write one row for each epoch; a column is empty where an epoch has no such value.

    Args:
        path: The CSV file.
        history: All epochs.

    Raises:
        OSError: It can't be written.
    """
    rows = [{"epoch": record.epoch, **dict(record.columns())} for record in history]
    columns = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    table = csv.DictWriter(text, list(columns), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    replace_file(path, text.getvalue().encode())


def draw(path: Path, title: str, history: Sequence[EpochRecord]) -> None:
    """Draw losses above and metrics below, over the epochs, without a display.

    Args:
        path: The PNG file.
        title: Above the picture.
        history: All epochs.

    Raises:
        OSError: It can't be written.
    """
    from matplotlib.figure import Figure  # pyplot would look for a screen, and keep every figure

    panels = {
        "loss": [record.losses for record in history],
        "metric": [record.metrics for record in history],
    }
    shown = {label: values for label, values in panels.items() if any(values)}
    figure = Figure(figsize=(8, 1 + 3.5 * len(shown)), layout="constrained")
    figure.suptitle(title)
    epochs = [record.epoch for record in history]
    for axes, (label, values) in zip(
        figure.subplots(len(shown), squeeze=False)[:, 0], shown.items(), strict=True
    ):
        for name in dict.fromkeys(name for row in values for name in row):
            axes.plot(epochs, [row.get(name, float("nan")) for row in values], marker=".", label=name)
        axes.set_xlabel("epoch")
        axes.set_ylabel(label)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        axes.legend()
    with replacing(path) as file:
        figure.savefig(file, dpi=120, format="png")
