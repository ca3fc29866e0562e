"""What the labels of a labelled set mean: a YAML file beside the recipes, in config/training/labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from earsight_training.data.datasets import DatasetError, read_text
from earsight_training.strict_model import parse_model


class LabelTable(BaseModel):
    """From a set's labels to the names of our classes, and which of these the set labels completely.

    A label that is the name of a class needs no entry.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    about: str = Field(description="which set this is, and where the meaning of its labels comes from")
    complete: tuple[str, ...] = Field(min_length=1, description="classes that are labelled wherever they are")
    own: bool = Field(False, description="they are so only in photos that have a label of them")
    names: dict[str, str | None] = Field({}, description="from a label to a class; null: to none")
    perhaps: dict[str, tuple[str, ...]] = Field(
        {}, description="from a label to classes that it may stand for: where it is, these are not judged"
    )
    labels: tuple[str, ...] = Field((), description="of maps: what their values mean, in order")
    first: int = Field(0, ge=0, description="of maps: the value of the first label")
    least: float = Field(
        0.0, ge=0, lt=1, description="of maps: share of the picture; a class with less is not judged there"
    )

    def of_value(self, value: int) -> str | None:
        """Return the label that a value of a map stands for; None where it stands for none."""
        index = value - self.first
        return self.labels[index] if 0 <= index < len(self.labels) else None


def load_label_table(path: Path) -> LabelTable:
    """Read a table, strictly, as recipes are read.

    Args:
        path: The YAML file.

    Raises:
        DatasetError: It can't be read, is no YAML, gives a key twice, or does not fit.
    """
    what = "a table of labels: it has no keys such as about and complete"
    return parse_model(path, read_text(path), LabelTable, what, DatasetError)


def table_of_classes(classes: Sequence[str]) -> LabelTable:
    """Make the table of a set whose labels are the names of our classes.

    Args:
        classes: Those that the set labels completely.
    """
    return LabelTable(about="", complete=tuple(classes))
