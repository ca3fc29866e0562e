"""Captioned photos, from the files that data sets come in, told apart by what is in them:

- CSV with the columns ``image`` and ``caption``, and ``split`` and ``language`` if it has them;
- Flickr8k's token file (``name.jpg#0<TAB>caption``), with the official lists of its splits where they lie
  beside it;
- COCO's captions JSON (``images``, ``annotations``), whose file name says the split;
- Karpathy's JSON (``images`` with ``sentences`` and ``split``) of Flickr8k, Flickr30k or COCO.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from PIL import Image

from earsight_files.csv_table import CsvError, read_rows
from earsight_files.photos import PhotoFileError, read_photo
from earsight_files.signatures import HEAD, not_downloaded
from earsight_files.strict_json import read_json
from earsight_training.errors import TrainingError

FLICKR8K_LISTS = {
    "Flickr_8k.trainImages.txt": "train",
    "Flickr_8k.devImages.txt": "val",
    "Flickr_8k.testImages.txt": "test",
}
_TOKEN_LINE = re.compile(r"(?P<image>[^\t]+)#\d+[ ]*\t(?P<caption>.*)")
_COCO_NAME = re.compile(r"captions_(train|val|test)")
_LINE_BREAK = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_T = TypeVar("_T")


class DatasetError(TrainingError):
    """A data set can't be read; the message says which file, where in it, and why."""


@dataclass(frozen=True)
class CaptionedPhoto:
    """One photo with its reference captions.

    Attributes:
        path: Of the file.
        captions: Captions that people wrote.
        split: That it belongs to; "" where there is none.
        languages: Code of the language of each caption; empty where the data does not say it of any.
    """

    path: Path
    captions: tuple[str, ...]
    split: str = ""
    languages: tuple[str, ...] = ()


class _Row(NamedTuple):
    image: str
    caption: str
    split: str
    language: str = ""


def read_photos(
    captions: Path,
    images: Path,
    splits: Iterable[str] | None = None,
    languages: Sequence[str] | None = None,
) -> list[CaptionedPhoto]:
    """Read the photos of a data set.

    Args:
        captions: A file of any of the kinds above.
        images: The folder that the names in it start from.
        splits: Names of the splits to read; None reads all.
        languages: Codes of the languages whose captions are read, of this file and of those that
            caption_files() finds; the first is that of captions of which the data does not say it. None
            reads all captions of this file.

    Returns:
        The photos in the order of their file names, with their captions in the file's order. A photo that is
        in two splits comes once for each.

    Raises:
        DatasetError: The file can't be read or is of no known kind, an entry has no image or caption, or
            there is no such photo.
    """
    found: dict[tuple[str, str], list[_Row]] = {}
    for row in _rows_in(captions, images, languages):
        found.setdefault((row.image, row.split), []).append(row)
    if not found:
        of = f" in {' or '.join(languages)}" if languages else ""
        raise DatasetError(f"{captions}: no captions{of} in it")
    if splits is not None:
        wanted = set(splits)
        there = sorted({split or "(none)" for _, split in found})
        found = {key: rows for key, rows in found.items() if key[1] in wanted}
        if not found:
            raise DatasetError(
                f"{captions}: no photos of split {' or '.join(sorted(wanted))}; there are: {', '.join(there)}"
            )
    return [_photo(images / name, split, found[name, split]) for name, split in sorted(found)]


def caption_files(captions: Path, languages: Sequence[str]) -> dict[Path, str]:
    """Find the files of the same photos' captions in several languages.

    Beside `captions.csv` they are called `captions_id.csv`, by the code of their language.

    Args:
        captions: A file of captions.
        languages: Codes; the first is that of the file itself, unless there is one that is called so.

    Returns:
        From each file to the language of its captions, where no column of it says it.
    """
    others = {captions.with_name(f"{captions.stem}_{code}{captions.suffix}"): code for code in languages}
    found = {path: code for path, code in others.items() if path.is_file()}
    return found if languages[0] in found.values() else {captions: languages[0]} | found


def in_language(photos: Iterable[CaptionedPhoto], language: str) -> list[CaptionedPhoto]:
    """Select the captions in one language.

    Args:
        photos: Those without any in it are left out; those whose languages the data does not say keep all.
        language: Its code.
    """
    selected = []
    for photo in photos:
        if photo.languages:
            pairs = zip(photo.captions, photo.languages, strict=True)
            texts = tuple(text for text, code in pairs if code == language)
            photo = replace(photo, captions=texts, languages=(language,) * len(texts))
        if photo.captions:
            selected.append(photo)
    return selected


def _photo(path: Path, split: str, rows: Sequence[_Row]) -> CaptionedPhoto:
    languages = tuple(row.language for row in rows) if any(row.language for row in rows) else ()
    return CaptionedPhoto(path, tuple(row.caption for row in rows), split, languages)


def _rows_in(path: Path, images: Path, languages: Sequence[str] | None) -> Iterator[_Row]:
    """The captions in these languages, each with its language; None: those of this file."""
    if languages is None:
        yield from _rows(path, images)
        return
    for file, code in caption_files(path, languages).items():
        for row in _rows(file, images):
            if not row.language or row.language in languages:
                yield row._replace(language=row.language or code)


def photo_name(photo: CaptionedPhoto, images: Path) -> str:
    """Return a photo's name as its data set has it.

    Args:
        photo: The photo.
        images: The folder of the images.

    Returns:
        Its path relative to the folder, with slashes.
    """
    inside = photo.path.is_relative_to(images)
    return (photo.path.relative_to(images) if inside else photo.path).as_posix()


def open_upright(path: Path) -> Image.Image:
    """Read a photo as RGB, upright, as a device reads it.

    Args:
        path: Of the file.

    Raises:
        DatasetError: A device refuses the photo.
    """
    try:
        return Image.fromarray(read_photo(path))
    except PhotoFileError as error:
        raise DatasetError(f"{path} {error.reason}") from error


def read_text(path: Path) -> str:
    """Read a file of text, with one character for whatever ends a line.

    Args:
        path: Of the file.

    Raises:
        DatasetError: It can't be read, is no text in UTF-8, or was not downloaded.
    """
    try:
        content = path.read_bytes()
        stand_in = not_downloaded(content[:HEAD]) if content else None
        if stand_in:
            raise DatasetError(f"{path}: it is {stand_in.what}: {stand_in.remedy}")
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not a text file in UTF-8: {error}") from error


def _rows(path: Path, images: Path) -> Iterator[_Row]:
    """The captions of a file of any kind, in its order."""
    text = read_text(path)
    if text.lstrip()[:1] in ("{", "["):
        return _json_rows(path, text, images)
    first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    return (_token_rows if _TOKEN_LINE.match(first.strip()) else _csv_rows)(path, text)


def _row(where: str, image: str, caption: str, split: str, language: str = "") -> _Row:
    """Line breaks within a text become spaces. Raises DatasetError for an empty image or caption."""
    cells = []
    for text in (image, caption, split, language):
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise DatasetError(f"{where}: characters that are in no text")
        cells.append(_LINE_BREAK.sub(" ", text).strip())
    if not cells[0] or not cells[1]:
        raise DatasetError(f"{where}: no {'caption' if cells[0] else 'image'}")
    return _Row(*cells)


def _csv_rows(path: Path, text: str) -> Iterator[_Row]:
    try:
        for number, cells in read_rows(text, ["image", "caption"]):
            others = cells.get("split", ""), cells.get("language", "")
            yield _row(f"{path}: line {number}", cells["image"], cells["caption"], *others)
    except CsvError as error:
        raise DatasetError(f"{path}: {error}") from error


def _token_rows(path: Path, text: str) -> Iterator[_Row]:
    splits = _official_splits(path.parent)
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if not line.strip():
            continue
        entry = _TOKEN_LINE.match(line.strip(" \n"))
        where = f"{path}: line {number}"
        if entry is None:
            raise DatasetError(f"{where}: not NAME#NUMBER, a tab and a caption")
        yield _row(where, entry["image"], entry["caption"], splits.get(entry["image"].strip(), ""))


def _official_splits(folder: Path) -> dict[str, str]:
    """From the name of a photo to its split, by those of the lists that are there."""
    lists: dict[str, str] = {}
    for name in FLICKR8K_LISTS:
        if not (folder / name).exists():
            continue
        for line in read_text(folder / name).split("\n"):
            photo = line.strip()
            if photo and lists.setdefault(photo, name) != name:
                raise DatasetError(
                    f"{folder / name}: {photo} is in {lists[photo]} too: a photo has one split"
                )
    return {photo: FLICKR8K_LISTS[name] for photo, name in lists.items()}


def _json_rows(path: Path, text: str, images: Path) -> Iterator[_Row]:
    try:
        content = read_json(text)
    except ValueError as error:
        raise DatasetError(f"{path}: not JSON: {error}") from error
    if isinstance(content, dict) and "annotations" in content:
        return _coco_rows(path, content)
    return _karpathy_rows(path, content, images)


def _field(where: str | Path, entry: Any, key: str, kind: type[_T]) -> _T:
    """What stands under this key in JSON. Raises DatasetError where that is nothing, or of another kind."""
    if not isinstance(entry, dict) or not isinstance(entry.get(key), kind):
        names = {list: "a list", str: "a text", object: "something"}
        raise DatasetError(f"{where}: no {key}: captions in COCO's format have {names[kind]} there")
    value: _T = entry[key]
    return value


def _coco_rows(path: Path, content: Any) -> Iterator[_Row]:
    named = _COCO_NAME.search(path.name)
    names: dict[str, str] = {}
    for index, image in enumerate(_field(path, content, "images", list)):
        where = f"{path}: images[{index}]"
        photo, name = str(_field(where, image, "id", object)), _field(where, image, "file_name", str)
        if names.setdefault(photo, name) != name:
            raise DatasetError(f"{where}: the id {photo[:60]!r} is another photo's, {names[photo][:60]}")
    for index, annotation in enumerate(_field(path, content, "annotations", list)):
        where = f"{path}: annotations[{index}]"
        photo = str(_field(where, annotation, "image_id", object))
        if photo not in names:
            raise DatasetError(f"{where}: image_id {photo[:60]!r} is not among images")
        caption = _field(where, annotation, "caption", str)
        yield _row(where, names[photo], caption, named[1] if named else "")


def _karpathy_rows(path: Path, content: Any, images: Path) -> Iterator[_Row]:
    """COCO's photos lie in one folder a year (filepath), or all in one: there the folder is left out."""
    folders: dict[str, str] = {"": ""}
    for index, photo in enumerate(_field(path, content, "images", list)):
        where = f"{path}: images[{index}]"
        name, split = _field(where, photo, "filename", str), _field(where, photo, "split", str)
        folder = _field(where, photo, "filepath", str) if "filepath" in photo else ""
        if folder not in folders:
            folders[folder] = f"{folder}/" if "\0" not in folder and (images / folder).is_dir() else ""
        for sentence in _field(where, photo, "sentences", list):
            caption = _field(where, sentence, "raw", str)
            yield _row(where, folders[folder] + name, caption, "train" if split == "restval" else split)
