"""Made-up scenes: what a detector, a place head and a captioner may give together."""

from __future__ import annotations

from hypothesis import strategies as st

from earsight.language.language import Directions, Phrasing, Style
from earsight.language.vocabulary import THINGS
from earsight.scene import Box, Caption, DetectedObject, Place, Scene

LEFT, AHEAD, RIGHT = Box(0.05, 0.4, 0.2, 0.7), Box(0.4, 0.4, 0.6, 0.7), Box(0.8, 0.4, 0.95, 0.7)
CLOSE = Box(0.3, 0.2, 0.7, 0.98)

PHRASING = Phrasing(
    plain=0.7,
    probably=0.45,
    maybe=0.1,
    object_plain=0.6,
    object_probably=0.4,
    object_maybe=0.25,
    place=0.6,
    caption=0.6,
    presence=0.5,
    words=14,
)

COCO = (
    "person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, "
    "stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, "
    "backpack, umbrella, handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball "
    "bat, baseball glove, skateboard, surfboard, tennis racket, bottle, wine glass, cup, fork, knife, "
    "spoon, bowl, banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake, chair, "
    "couch, potted plant, bed, dining table, toilet, tv, laptop, mouse, remote, keyboard, cell phone, "
    "microwave, oven, toaster, sink, refrigerator, book, clock, vase, scissors, teddy bear, hair drier, "
    "toothbrush"
).split(", ")
BEYOND_COCO = (
    "door, stairs, crossing, puddle, pothole, manhole, tactile paving, tree, pole, fence, sign, bin,"
    " streetlight, railing, building, window, cabinet"
).split(", ")
CLASSES = COCO + BEYOND_COCO
"""What the built-in detector may find."""

PLACES = [name for name, thing in THINGS.items() if thing.place]


def found(name: str, confidence: float = 0.9, box: Box | None = AHEAD) -> DetectedObject:
    return DetectedObject(name, confidence, box)


def caption(text: str, confidence: float = 0.9, language: str = "en") -> Caption:
    return Caption(text, confidence, -1.0, -2.0, language=language)


def scene(
    *objects: DetectedObject,
    captions: tuple[Caption, ...] = (),
    place: str | None = None,
    ground: str | None = None,
    **presence: float,
) -> Scene:
    """With a detector: what is not among the objects is absent, unless `presence` says otherwise."""
    surest = dict.fromkeys(("person", "dog", "cat", "car", "truck", "motorcycle", "bicycle"), 0.02)
    for each in objects:
        surest[each.name] = max(each.confidence, surest.get(each.name, 0.0))
    return Scene(
        0.0,
        objects=objects,
        presence=surest | presence,
        captions=captions,
        place=Place(place, 0.9) if place else None,
        ground=Place(ground, 0.9) if ground else None,
    )


probabilities = st.floats(0, 1)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, right = sorted((draw(probabilities), draw(probabilities)))
    top, bottom = sorted((draw(probabilities), draw(probabilities)))
    return Box(left, top, right, bottom)


objects = st.lists(st.builds(DetectedObject, st.sampled_from(CLASSES), probabilities, boxes()), max_size=12)

_SUBJECTS = "a man|two women|a dog|a child|a truck|a red car|three horses|a boy|people".split("|")
_VERBS = "rides|stands near|walks past|is on|sits next to|with".split("|")
_OBJECTS = "a motorcycle|a bench|a table|a street|a green traffic light|a clear sky|a ball|a cat".split("|")
_SUBJEK = "seorang pria|dua orang wanita|seekor anjing|anak-anak|sebuah truk|mobil merah|beberapa orang"
_KERJA = "mengendarai|berdiri di dekat|duduk di|berjalan di|dengan"
_OBJEK = "sepeda motor|bangku|meja|jalan|lampu lalu lintas|langit cerah|bola|kucing|trotoar"


def _sentences(*parts: list[str]) -> st.SearchStrategy[str]:
    return st.tuples(*(st.sampled_from(part) for part in parts)).map(" ".join)


english_texts = _sentences(_SUBJECTS, _VERBS, _OBJECTS)
indonesian_texts = _sentences(_SUBJEK.split("|"), _KERJA.split("|"), _OBJEK.split("|"))


def captions(language: str) -> st.SearchStrategy[tuple[Caption, ...]]:
    texts = english_texts if language == "en" else indonesian_texts
    each = st.builds(
        lambda text, confidence, mean: Caption(text, confidence, mean, -5.0, language=language),
        texts,
        probabilities,
        st.floats(-5, 0),
    )
    return st.lists(each, max_size=4).map(tuple)


def places(names: list[str]) -> st.SearchStrategy[Place | None]:
    return st.none() | st.builds(Place, st.sampled_from(names), probabilities)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any scene of a bundle with a detector, with captions in either language."""
    known = draw(st.lists(st.sampled_from(CLASSES), min_size=1, max_size=12))
    language = draw(st.sampled_from(["en", "id"]))
    return Scene(
        0.0,
        objects=tuple(draw(objects)),
        presence={name: draw(probabilities) for name in known},
        captions=draw(captions(language)),
        place=draw(places(PLACES)),
        ground=draw(places([*PLACES, "stairs"])),
    )


@st.composite
def phrasings(draw: st.DrawFn) -> Phrasing:
    plain, probably, maybe = sorted((draw(probabilities) for _ in range(3)), reverse=True)
    things = sorted((draw(probabilities) for _ in range(3)), reverse=True)
    return Phrasing(
        plain,
        probably,
        maybe,
        likely=draw(probabilities),
        style=draw(st.sampled_from(Style)),
        object_plain=things[0],
        object_probably=things[1],
        object_maybe=things[2],
        place=draw(probabilities),
        caption=draw(probabilities),
        presence=draw(st.floats(0.35, 1)),
        directions=draw(st.sampled_from(Directions)),
        words=draw(st.integers(12, 20)),
    )
