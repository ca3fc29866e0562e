"""CHAIR (Rohrbach et al., 2018, arXiv:1809.02156): objects that captions name and photos do not show.

CHAIR_i is the share of all mentions of objects that are made up, CHAIR_s the share of captions with at least
one such mention. As in the paper, a photo shows what its object list says and what its references mention.

Object lists are files of one of two kinds:

- COCO's instances JSON (``instances_val2014.json``): the categories of each image's annotations;
- CSV with the columns ``image`` and ``object``, one row for each kind of object in a photo. A photo with none
  has one row with an empty ``object``.

A file of synonyms has the form of the paper's ``synonyms.txt``: a line for each object, its name first, then
the words for it, separated by commas. Without it, an object goes by its name alone. Plurals are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from earsight_files.csv_table import CsvError, read_cells, read_rows
from earsight_files.signatures import HEAD, not_downloaded
from earsight_files.strict_json import read_json
from earsight_training.errors import TrainingError
from earsight_training.scoring.bootstrap import Metric, ratio_metric

# The paper's exceptions for COCO: words that together name another thing than alone. What names no object of
# the list (home plate) then counts as none.
_TOGETHER = (
    "motor bike,motor cycle,air plane,traffic light,street light,traffic signal,stop light,fire hydrant,"
    "stop sign,parking meter,suit case,sports ball,baseball bat,baseball glove,tennis racket,wine glass,"
    "hot dog,cell phone,mobile phone,teddy bear,hair drier,potted plant,laptop computer,home plate"
).split(",")
_ANIMALS = "bird cat dog horse sheep cow elephant bear zebra giraffe animal cub".split()
_MEANS = {
    **{f"{age} {animal}": animal for age in ("baby", "adult") for animal in _ANIMALS},
    **{f"passenger {vehicle}": vehicle for vehicle in ("jet", "train")},
    "bow tie": "tie",
    "toilet seat": "toilet",
}
_IRREGULAR = {"men": "man", "women": "woman", "children": "child", "people": "person", "mice": "mouse"}


class ObjectListError(TrainingError):
    """A list of objects or synonyms can't be read, or lacks a photo."""


@dataclass(frozen=True)
class Mention:
    """An object that a caption mentions.

    Attributes:
        words: Of the caption.
        thing: The object's name.
    """

    words: str
    thing: str


class ObjectVocabulary:
    """The words that name objects."""

    def __init__(self, synonyms: Iterable[Sequence[str]]) -> None:
        """Collect the words.

        Args:
            synonyms: Words for one object each, its name first.
        """
        self._names: dict[str, str] = {}
        for words in synonyms:
            for word in words:
                self._names.setdefault(word, words[0])
        for phrase, meaning in _MEANS.items():
            if meaning in self._names:
                self._names.setdefault(phrase, self._names[meaning])
        for phrase in _TOGETHER:
            self._names.setdefault(phrase, "")
        self._longest = max(phrase.count(" ") + 1 for phrase in self._names)

    def name(self, word: str) -> str:
        """Return the name of the object that a word stands for; the word itself for an object without
        synonyms."""
        return self._names.get(word) or word

    def mentions(self, text: str) -> list[Mention]:
        """Find every mention of an object, in order; the longest phrase at each place."""
        words = re.findall(r"[a-z]+(?:[-'][a-z]+)*", text.lower())
        found, at = [], 0
        while at < len(words):
            length, thing = self._at(words[at : at + self._longest])
            if thing:
                found.append(Mention(" ".join(words[at : at + length]), thing))
            at += length
        return found

    def _at(self, words: Sequence[str]) -> tuple[int, str]:
        """How many of these words, from the first, name what ("": no object)."""
        for length in range(len(words), 0, -1):
            *before, last = words[:length]
            for form in _singulars(last):
                thing = self._names.get(" ".join([*before, form]))
                if thing is not None:
                    return length, thing
        return 1, ""


def _singulars(word: str) -> list[str]:
    """What the word may be the plural of, itself first."""
    forms = [word, *filter(None, [_IRREGULAR.get(word)])]
    for plural, singular in (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", "")):
        if word.endswith(plural) and not word.endswith("ss"):
            forms.append(word.removesuffix(plural) + singular)
    return forms


@dataclass(frozen=True)
class ObjectList:
    """What is in photos, and the words for it.

    Attributes:
        path: Of the file.
        objects: Names of objects, by the photo's name.
        vocabulary: The words.
    """

    path: Path
    objects: Mapping[str, frozenset[str]]
    vocabulary: ObjectVocabulary

    def of(self, photo: Path) -> frozenset[str]:
        """Return what is in a photo, which the list may name by its file name or with folders.

        Args:
            photo: Its path.

        Raises:
            ObjectListError: The list lacks the photo.
        """
        parts = photo.parts
        for start in range(len(parts)):
            things = self.objects.get("/".join(parts[start:]))
            if things is not None:
                return things
        raise ObjectListError(
            f"{self.path}: nothing about {photo.name}; a photo without objects needs a row too"
        )

    def check(self, photos: Iterable[Path]) -> None:
        """Check that the list has all photos: better now than after an hour of captioning.

        Args:
            photos: Their paths.

        Raises:
            ObjectListError: It lacks one.
        """
        for photo in photos:
            self.of(photo)

    def made_up(self, photo: Path, caption: str, references: Iterable[str]) -> tuple[list[Mention], int]:
        """Find the mentions of objects that a photo does not show.

        Args:
            photo: Its path.
            caption: Of the photo.
            references: Captions that people wrote.

        Returns:
            These mentions, and the number of all mentions.

        Raises:
            ObjectListError: The list lacks the photo.
        """
        shown = self.of(photo) | {m.thing for text in references for m in self.vocabulary.mentions(text)}
        mentions = self.vocabulary.mentions(caption)
        return [mention for mention in mentions if mention.thing not in shown], len(mentions)


def chair(mentions: Sequence[tuple[Sequence[Mention], int]]) -> list[Metric]:
    """Compute CHAIR_i and CHAIR_s; less is better.

    Args:
        mentions: What ObjectList.made_up() found in each photo's caption.
    """
    invented = np.array([len(made_up) for made_up, _ in mentions], np.float64)
    named = np.array([count for _, count in mentions], np.float64)
    share = np.divide(invented, named, out=np.full(len(named), np.nan), where=named > 0)
    some = (invented > 0).astype(np.float64)
    return [
        ratio_metric("CHAIR_i", invented, named, per_photo=share),
        ratio_metric("CHAIR_s", some, np.ones_like(some), per_photo=some),
    ]


def read_objects(path: Path, synonyms: Path | None = None) -> ObjectList:
    """Read a list of objects.

    Args:
        path: Of one of the kinds above.
        synonyms: Of the kind above.

    Raises:
        ObjectListError: A file can't be read, or is of no such kind.
    """
    text = _read(path)
    rows = list(_coco_rows(path, text) if text.lstrip().startswith("{") else _csv_rows(path, text))
    if not rows:
        raise ObjectListError(f"{path}: no objects in it")
    known = _synonyms(synonyms) if synonyms else []
    vocabulary = ObjectVocabulary([*known, *([_tidy(thing)] for _, thing in rows if thing)])
    objects: dict[str, set[str]] = {}
    for image, thing in rows:
        things = objects.setdefault(image, set())
        if thing:
            things.add(vocabulary.name(_tidy(thing)))
    return ObjectList(path, {image: frozenset(things) for image, things in objects.items()}, vocabulary)


def _tidy(words: str) -> str:
    return " ".join(words.lower().split())


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
        stand_in = not_downloaded(text[:HEAD].encode()) if text else None
        if stand_in:
            raise ObjectListError(f"{path}: it is {stand_in.what}: {stand_in.remedy}")
        return text
    except OSError as error:
        raise ObjectListError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ObjectListError(f"{path}: not a text file in UTF-8: {error}") from error


def _csv_rows(path: Path, text: str) -> Iterable[tuple[str, str]]:
    try:
        for number, cells in read_rows(text, ["image", "object"]):
            if not cells["image"].strip():
                raise ObjectListError(f"{path}: line {number}: no image")
            yield cells["image"].strip(), cells["object"].strip()
    except CsvError as error:
        kinds = "; or COCO's instances JSON" if error.line is None else ""
        raise ObjectListError(f"{path}: {error}{kinds}") from error


def _synonyms(path: Path) -> list[list[str]]:
    """The words of each line, its object's name first."""
    try:
        lines = [read_cells(line, number) for number, line in enumerate(_read(path).split("\n"), 1)]
    except CsvError as error:
        raise ObjectListError(f"{path}: {error}") from error
    words = ([word for cell in line if (word := _tidy(cell))] for line in lines)
    return [line for line in words if line]


def _coco_rows(path: Path, text: str) -> Iterable[tuple[str, str]]:
    try:
        content = read_json(text)
        categories = _by_id(content["categories"], "name")
        images = _by_id(content["images"], "file_name")
        for name in images.values():
            yield name, ""
        for annotation in content["annotations"]:
            yield images[annotation["image_id"]], categories[annotation["category_id"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ObjectListError(
            f"{path}: not COCO's instances JSON ({type(error).__name__}: {error})"
        ) from error


def _by_id(entries: Any, key: str) -> dict[Any, str]:
    """Raises ValueError for one id with two values, and what indexing into something else raises."""
    found: dict[Any, str] = {}
    for entry in entries:
        value = str(entry[key])
        if found.setdefault(entry["id"], value) != value:
            raise ValueError(f"the id {entry['id']} is of {found[entry['id']]} and of {value}")
    return found
