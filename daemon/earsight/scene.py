"""What is seen: frames, captions, objects, text, and the scene that holds them.

A scene is all that seeing and speaking share: whatever looks adds to it, whatever speaks is worded from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # whoever only asks for help need not wait for numpy
    import numpy as np


class Problem(StrEnum):
    """Why a picture can't be described."""

    DARK = "dark"
    COVERED = "covered"
    PLAIN = "plain"
    OVEREXPOSED = "overexposed"
    BLURRED = "blurred"


class Direction(StrEnum):
    """The third of the picture that the middle of an object lies in."""

    LEFT = "left"
    AHEAD = "ahead"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    Attributes:
        pixels: uint8 (height, width, 3), RGB, upright.
        captured_at: Seconds on time.monotonic().
    """

    pixels: np.ndarray
    captured_at: float


@dataclass(frozen=True, slots=True)
class Caption:
    """What the captioner says of a picture.

    Attributes:
        text: Without a final full stop.
        confidence: 0..1, calibrated: the probability that everything the text names is in the picture.
        mean_log_prob: Mean log-probability of the caption's tokens, at most 0.
        lowest_log_prob: Log-probability of the least likely token, at most 0.
        evidence: The other features that the confidence is computed from, by name.
        language: Code of the language that the text is in.
    """

    text: str
    confidence: float
    mean_log_prob: float
    lowest_log_prob: float
    evidence: Mapping[str, float] = field(default_factory=dict)
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Box:
    """A bounding box, as shares of the picture's width and height, 0..1 from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    @property
    def direction(self) -> Direction:
        middle = (self.left + self.right) / 2
        return Direction.LEFT if middle < 1 / 3 else Direction.RIGHT if middle > 2 / 3 else Direction.AHEAD


class ColourName(StrEnum):
    """The basic colours, which English and Indonesian both have a word for.

    Berlin and Kay, Basic Color Terms (1969).
    """

    BLACK = "black"
    WHITE = "white"
    GREY = "grey"
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"


class Shade(StrEnum):
    """What may be said with a colour."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colour:
    """The colour of a part of a picture.

    Attributes:
        name: The basic colour.
        shade: Whether it is a light or a dark one; None: neither, or of a colour that has no shades.
        share: Of that part, 0..1, that has this colour.
    """

    name: ColourName
    shade: Shade | None
    share: float


@dataclass(frozen=True, slots=True)
class DetectedObject:
    """Something that a detector found.

    Attributes:
        name: Of its class, as the bundle's manifest names it: a name of the vocabulary.
        confidence: 0..1, calibrated: the probability that it is there.
        box: Where it is in the picture; None if it is only known that the picture shows one.
        colour: Of its middle; None where that was not looked for, or can't be told.
    """

    name: str
    confidence: float
    box: Box | None
    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the picture was taken, or what the ground is.

    Attributes:
        name: The vocabulary's name for it.
        confidence: 0..1, calibrated.
    """

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text that was read in the picture.

    Attributes:
        text: Verbatim.
        confidence: 0..1, calibrated: the probability that every character is right.
        box: Where it is in the picture.
        language: "en" or "id" where it is likely that language; None for numbers, names, another language,
            or too few letters to tell.
        block: Number of the block that it belongs to, from 0 in reading order: lines of one sign, paragraph
            or column share it.
    """

    text: str
    confidence: float
    box: Box
    language: str | None = None
    block: int = 0


class AimingHint(StrEnum):
    """What would make text easier to read.

    CUT_OFF_...: lines reach the edge of the picture there. UPSIDE_DOWN: it was read all the same.
    """

    CUT_OFF_LEFT = "cut_off_left"
    CUT_OFF_RIGHT = "cut_off_right"
    CUT_OFF_TOP = "cut_off_top"
    CUT_OFF_BOTTOM = "cut_off_bottom"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    UPSIDE_DOWN = "upside_down"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a picture.

    Attributes:
        lines: In reading order, block by block.
        hints: What would make it easier to read, also where nothing could be read.
        unreadable: Whether there is text in a script that no voice here can say, such as Chinese or Arabic.
            Its lines are left out.
        rest: Reads on where there was no time to read all of it; None where nothing is left.
    """

    lines: tuple[TextLine, ...] = ()
    hints: frozenset[AimingHint] = frozenset()
    unreadable: bool = False
    rest: ReadsOn | None = field(default=None, compare=False, repr=False)

    @property
    def cut_short(self) -> bool:
        """Whether there was no time to read all of it: what is left out comes last."""
        return self.rest is not None


ReadsOn: TypeAlias = "Callable[[Callable[[], None], float], Reading]"
"""Reads what is left of a picture, for the thread of the looks; the picture is kept as long as this is.

It is given a checkpoint, which is called between the steps and may raise to end it, and seconds after
which a part is enough. It gives further lines only, perhaps none, and perhaps a rest of their own; hints come
with the last ones. Asked again, it reads the same again. It raises what the reader raises.
"""


class CodeKind(StrEnum):
    """What sort of printed code it is.

    PRODUCT: a barcode on goods, which holds their number (EAN, UPC). BARCODE: any other made of bars. OTHER:
    any other made of squares or dots (Data Matrix, Aztec, PDF417).
    """

    QR_CODE = "qr_code"
    PRODUCT = "product"
    BARCODE = "barcode"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code or barcode that was read.

    Attributes:
        kind: What sort of code it is.
        text: What it holds, verbatim: text of strangers, which nobody has looked at.
        box: Where it is in the picture.
    """

    kind: CodeKind
    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Scene:
    """What one look gave.

    Attributes:
        captured_at: Seconds on time.monotonic().
        problem: Why the picture can't be described; None if it can. With one, all that follows is empty.
        embedding: float32 (width,), of unit length; comparable only with those of the same captioner.
        captions: Best first.
        objects: What a detector found, most confident first.
        presence: For each class that the detector knows, by name, the probability that the picture shows
            any of it, 0..1. Empty without a detector: then nothing is known of what is not there.
        findable: Names of the classes that `objects` would name if they were there: those that the detector
            knows well enough, and that count.
        place: Where the picture was taken, if that is known.
        ground: What the ground ahead is, at the bottom of the picture, if that is known.
        text: What was read; None where text was not looked for.
        answer: To the question that was asked of this look, by a model that can be asked anything; None where
            there is none that may be said.
    """

    captured_at: float
    problem: Problem | None = None
    embedding: np.ndarray | None = None
    captions: tuple[Caption, ...] = ()
    objects: tuple[DetectedObject, ...] = ()
    presence: Mapping[str, float] = field(default_factory=dict)
    findable: frozenset[str] = frozenset()
    place: Place | None = None
    ground: Place | None = None
    text: Reading | None = None
    answer: Caption | None = None
