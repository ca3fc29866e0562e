"""The recipe of a detector: one YAML file that holds every choice of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from earsight_training.recipe_file import RecipeSection, read_recipe

COCO = tuple(
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,"
    "parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,"
    "tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,"
    "tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,"
    "hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,"
    "keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,"
    "hair drier,toothbrush".split(",")
)
"""In COCO's order (Lin et al., arXiv:1405.0312)."""
EVERY_COCO = "coco"
"""Stands for all of COCO's classes where a set names those that it knows."""


class TrustSettings(RecipeSection):
    """How far other detectors are believed: see TeacherTrust."""

    bias: float
    weights: dict[str, float] = Field(min_length=1)


class LabelledSet(RecipeSection):
    """Photos with labels.

    Boxes come from a table, from maps, from teachers, or from several of them.
    """

    folder: str = Field(min_length=1, description="below --data, with images/")
    files: tuple[str, ...] = Field(("*",), description="patterns of the images' names")
    detector_files: tuple[str, ...] = Field(
        ("*",),
        description="names of those that the detector learns from; the place head: all",
    )
    boxes: str | None = Field(None, description="table of boxes in the folder")
    maps: dict[str, tuple[Annotated[int, Field(ge=0, le=255)], ...]] | None = Field(
        None, description="from classes to the numbers that mean them in maps/*.png"
    )
    teachers: bool = Field(False, description="whether --detections has boxes for these photos")
    names: dict[str, str] = Field({}, description="from the table's names of classes to ours")
    known: tuple[str, ...] = Field(
        (), description="classes of which every object in these photos is labelled; coco means all of COCO's"
    )
    present: str | None = Field(
        None,
        description="table beside the recipe of what photos show: it corrects teachers' boxes",
    )
    places: str | None = Field(
        None,
        description="the rule by which maps tell the place (ade20k, camvid), or a table beside the recipe",
    )
    groups: str | None = Field(None, description="table with the columns image and group")
    splits: tuple[str, ...] | None = Field(None, description="of captions.csv; None: all photos")
    repeat: int = Field(1, ge=1, description="times that each photo is shown in an epoch")
    held_out: float = Field(0.0, ge=0, le=1, description="share of the groups that is not trained on")


class DetectorTraining(RecipeSection):
    """The training loop."""

    epochs: int = Field(gt=0)
    batch: int = Field(gt=0, description="photos of a step, on all processes")
    sides: tuple[Annotated[int, Field(ge=64, le=1024, multiple_of=32)], ...] = Field(
        min_length=1, description="pixels of the pictures' sides, drawn for each step"
    )
    learning_rate: float = Field(gt=0)
    frozen_stem: bool = Field(
        False, description="whether the layers up to the finest grid keep their weights, which saves a fifth"
    )
    weight_decay: float = Field(0.05, ge=0)
    ema: float = Field(0.9995, gt=0, lt=1, description="decay of the average of weights")
    mosaics: float = Field(0.5, ge=0, le=1, description="share of the pictures that are made of four photos")


class DetectorRecipe(RecipeSection):
    """All choices of a run."""

    name: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    about: str = Field(min_length=1)
    seed: int = 1
    network: Literal["nanodet"]
    side: int = Field(416, ge=64, le=1024, multiple_of=32, description="of the bundle's pictures")
    more_classes: tuple[str, ...] = Field((), description="beside COCO's")
    trust: TrustSettings
    sets: tuple[LabelledSet, ...] = Field(min_length=1)
    training: DetectorTraining

    @model_validator(mode="after")
    def _known_classes(self) -> Self:
        for labelled in self.sets:
            named = {*labelled.known, *labelled.names.values(), *(labelled.maps or ())}
            for name in sorted(named - {*self.classes, EVERY_COCO}):
                raise ValueError(f"sets: {labelled.folder}: {name} is no class of this detector")
        return self

    @property
    def classes(self) -> tuple[str, ...]:
        """All classes, COCO's first."""
        return (*COCO, *self.more_classes)


def load_detector_recipe(path: Path) -> DetectorRecipe:
    """Read a detector's recipe: see read_recipe()."""
    return read_recipe(path, DetectorRecipe)
