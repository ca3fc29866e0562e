"""Colours in words, in any language by its catalogue."""

from __future__ import annotations

from earsight.message import Message, message
from earsight.scene import Colour, ColourName, Shade

COLOURS = {
    ColourName.BLACK: message("colour.black"),
    ColourName.WHITE: message("colour.white"),
    ColourName.GREY: message("colour.grey"),
    ColourName.RED: message("colour.red"),
    ColourName.ORANGE: message("colour.orange"),
    ColourName.YELLOW: message("colour.yellow"),
    ColourName.GREEN: message("colour.green"),
    ColourName.BLUE: message("colour.blue"),
    ColourName.PURPLE: message("colour.purple"),
    ColourName.PINK: message("colour.pink"),
    ColourName.BROWN: message("colour.brown"),
}

_PLAIN = 0.7
"""Share of a thing from which its colour is said without doubt."""


def colour_text(colour: Colour) -> Message:
    """A colour: "dark green", with its doubt."""
    text = COLOURS[colour.name]
    if colour.shade is Shade.DARK:
        text = message("colour.dark", colour=text)
    if colour.shade is Shade.LIGHT:
        text = message("colour.light", colour=text)
    return text if colour.share >= _PLAIN else message("colour.probably", colour=text)


def middle_text(colour: Colour | None) -> Message:
    """What colour is in the middle of the picture, or that this can't be told."""
    if colour is None:
        return message("colour.middle_unknown")
    return message("colour.middle", colour=colour_text(colour))
