"""earsight scan: QR codes and barcodes in photo files."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight.cameras.photos import load_photo
from earsight.commands.described_rows import corners
from earsight.commands.each_photo import Told, add_photos, tell_each
from earsight.language.code_words import code_words
from earsight.language.languages import load_language
from earsight.language.utterance import Priority, utterance
from earsight.message import message
from earsight.readers.codes import read_codes

EXAMPLES = ("photo.jpg", "--json photo.jpg")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_photos(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tell the codes of each photo in turn.

    Returns:
        0 if all photos could be looked at, with or without codes; 1 if some could not.
    """
    language = load_language(arguments.language or "en")

    def told(photo: Path) -> Told:
        seen = read_codes(load_photo(photo))
        words = [code_words(code, language).words for code in seen.codes]
        said = " ".join(utterance(each, language, Priority.ANSWER).whole for each in words)
        codes = [{"kind": each.kind, "text": each.text, "box": corners(each.box)} for each in seen.codes]
        return Told(said or language.text(message("scan.none")), {"codes": codes, "unread": seen.unread})

    return tell_each(arguments.photos, told, as_json=arguments.json)[1]
