"""Say how bright it is, as a tone and in words, and what colour is in the middle. Needs no model."""

from __future__ import annotations

from earsight.cameras.source import BlackPictures
from earsight.interaction.turn import Reply, Turn
from earsight.language.colours import middle_text
from earsight.message import Message, message
from earsight.scene import Colour, Direction, Frame
from earsight.vision.colour import MIDDLE, colour_of
from earsight.vision.light import Brightness, Light, light_of
from earsight.voice.earcons import tone

_BRIGHTNESS = {
    Brightness.DARK: message("light.dark"),
    Brightness.DIM: message("light.dim"),
    Brightness.MEDIUM: message("light.medium"),
    Brightness.BRIGHT: message("light.bright"),
    Brightness.GLARING: message("light.glaring"),
}
_BRIGHTER = {
    Direction.LEFT: message("light.brighter_left"),
    Direction.AHEAD: message("light.brighter_ahead"),
    Direction.RIGHT: message("light.brighter_right"),
}
_LOWEST, _OCTAVES = 196.0, 3.0
"""Hz of the tone for no light at all, and how much higher the one for the most is."""
_TONE = 0.35
"""Length of the tone in s."""


async def light(turn: Turn) -> Reply:
    """The tone first: it can be compared with the one before, while the head turns."""
    try:
        seen, colour = await turn.examine(_examined)
    except BlackPictures:
        return Reply((message("light.black"),))
    await turn.play(tone(pitch_of(seen), _TONE))
    words: list[Message] = [_BRIGHTNESS[seen.brightness]]
    if seen.brighter is not None:
        words.append(_BRIGHTER[seen.brighter])
    if seen.brightness is not Brightness.DARK:
        words.append(middle_text(colour))
    return Reply(tuple(words))


def pitch_of(light: Light) -> float:
    """Hz: the brighter, the higher."""
    return float(_LOWEST * 2 ** (_OCTAVES * light.lightness))


def _examined(frame: Frame) -> tuple[Light, Colour | None]:
    return light_of(frame.pixels), colour_of(frame.pixels, MIDDLE)
