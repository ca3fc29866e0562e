"""From pixels to a scene, doing no more work than the caller needs.

The service's worker thread, `earsight describe`, the benchmarks and every other front end call the Describer,
so that all of them see the same and time the same stages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from earsight.bundles.bundle import open_bundle
from earsight.captioners.captioner import Captioner, Dependent, Encoding, never
from earsight.captioners.registry import build_captioner
from earsight.config.objects import ObjectsSection
from earsight.config.schema import Config
from earsight.detectors.detector import Detector
from earsight.detectors.none import NoDetector
from earsight.detectors.registry import build_detector, build_place_head
from earsight.inference.placement import Placement
from earsight.language.names import known_classes, things_named
from earsight.readers.none import NoReader
from earsight.readers.reader import Reader
from earsight.readers.registry import build_reader
from earsight.scene import Frame, Problem, Scene
from earsight.system import reading_times
from earsight.vision.captioning import answered, captions
from earsight.vision.colour import coloured
from earsight.vision.quality import QualityLimits, assess
from earsight.vision.recognition import ObjectEvidence, findable, objects
from earsight.vision.stages import Stage, Stages
from earsight.vision.text_frames import read_frames, text_scene

if TYPE_CHECKING:
    from earsight.detectors.place_head import PlaceHead


def always(_scene: Scene) -> bool:
    """For what is wanted of any scene. Equal requests are equal in other processes, too."""
    return True


@dataclass(frozen=True, slots=True)
class LookRequest:
    """What the caller needs of a look.

    Attributes:
        limits: Where a picture is too bad to be described; None judges no picture.
        captions: Whether captions are wanted. They take objects and place with them, which their confidence
            depends on.
        objects: Whether objects, place and ground are wanted; without these and captions, a look gives but
            the embedding.
        colours: Whether the colours of the objects are wanted.
        embedding: Whether that is wanted, where neither captions nor objects are.
        worth_captions: Asked when all but the captions is known: whether they are still wanted.
        language: Code of the language that captions are wanted in; they come in the captioner's first where
            it has no such.
        question: What a captioner that can be asked anything is asked, beside objects or captions.
        worth_asking: As worth_captions: whether all else has not answered the question.
        text: Whether text is to be read, if there is a reader. It is read last of all: it takes as long as
            all the rest.
        patience: Seconds after which the first lines of a text are enough, and the reading has a rest; None:
            reading_times.FOR_DESCRIPTION.
    """

    limits: QualityLimits | None = None
    captions: bool = True
    objects: bool = True
    colours: bool = False
    embedding: bool = True
    worth_captions: Callable[[Scene], bool] = always
    language: str | None = None
    question: str | None = None
    worth_asking: Callable[[Scene], bool] = always
    text: bool = False
    patience: float | None = None

    @property
    def only_text(self) -> bool:
        """Whether nothing else is wanted."""
        return self.text and not (self.captions or self.objects or self.embedding)


CAPTIONS = LookRequest()
"""All that can be seen in any picture, but for text."""

_OBJECTS = LookRequest(captions=False)

_STRIPED, _STRIPED_ABOVE = ("stairs", "crossing", "tactile paving"), 0.5
"""What has no edges but parallel ones, and the probability from which it is why a picture has no others."""

TEXT = LookRequest(captions=False, objects=False, embedding=False, text=True)
"""Nothing but text. A picture is judged only where none is found: white paper is no overexposed picture."""


def first_lines() -> LookRequest:
    """Nothing but the first lines of a text, and a way to read on."""
    return replace(TEXT, patience=reading_times.FIRST_PART)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found, and how long that took.

    Attributes:
        scene: What is in the picture.
        seconds: Of each stage that was run, in the order of the stages.
        evidence: What the scene's objects and their presence are computed from; None where no detector ran.
    """

    scene: Scene
    seconds: Mapping[Stage, float]
    evidence: ObjectEvidence | None = None

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())


GREY = Frame(np.full((48, 64, 3), 128, np.uint8), captured_at=0.0)
"""A picture of nothing, to let the engines run once."""


class Describer:
    """Makes scenes from frames. Not for two threads at once.

    An engine that sees something new in a picture joins as an argument of the constructor, and is built in
    build_describer().
    """

    def __init__(
        self,
        captioner: Captioner,
        detector: Detector | None = None,
        place_head: PlaceHead | None = None,
        names: frozenset[str] | None = None,
        reader: Reader | None = None,
    ) -> None:
        """Takes the loaded engines.

        Args:
            captioner: Makes the embedding and the captions.
            detector: Finds objects; None: nothing does.
            place_head: Of the captioner's bundle; None: nothing tells the place.
            names: Of the detector's classes that count; None: all.
            reader: Reads text; None: nothing does.
        """
        self._captioner, self._detector = captioner, detector or NoDetector()
        self._place_head = place_head
        self._names = names
        self._findable = findable(self._detector.classes, names)
        self._reader = reader or NoReader("this describer was made without a reader")
        # The head's opinion is of the detector that it was trained beside.
        self._asks_head = place_head is not None and place_head.classes == self._detector.classes

    def describe(
        self,
        frame: Frame,
        request: LookRequest = CAPTIONS,
        cancelled: Callable[[], bool] = never,
        text_frames: Sequence[Frame] = (),
    ) -> Look:
        """Describe a frame as far as the request goes.

        Args:
            frame: The picture.
            request: What is needed; the rest is left out.
            cancelled: Whether the look is still wanted; asked between the stages, the tokens and the lines.
            text_frames: Where text is read: pictures of the same view, of any resolution, best first; further
                ones only where it is doubtful. None: in the frame.

        Returns:
            The scene, with the seconds of each stage.

        Raises:
            CaptionerError: An engine failed.
            ReaderError: Nothing but text is wanted, and it can't be read.
            DecodingCancelledError: `cancelled` said so.
        """
        stages = Stages(cancelled)
        frames = text_frames or [frame]
        patience = reading_times.FOR_DESCRIPTION if request.patience is None else request.patience
        if request.only_text:
            with stages.timed(Stage.READ):
                scene = text_scene(self._reader, frames, request.limits, stages.proceed, patience)
            return Look(scene, stages.seconds)
        look = self._seen(frame, request, stages, cancelled)
        if request.text and self._reader.can_read and not look.scene.problem:
            with stages.timed(Stage.READ):
                reading = read_frames(self._reader, frames, stages.proceed, patience)
            look = replace(look, scene=replace(look.scene, text=reading))
        return look

    def _seen(
        self, frame: Frame, request: LookRequest, stages: Stages, cancelled: Callable[[], bool]
    ) -> Look:
        """All but the text."""
        look = Look(Scene(frame.captured_at), stages.seconds)
        describes = request.captions or request.objects
        if request.limits is not None:
            with stages.timed(Stage.QUALITY):
                problem = assess(frame, request.limits)
            seems_blurred = problem is Problem.BLURRED and describes
            if problem and not (seems_blurred and self._is_striped(look, frame, stages, cancelled)):
                return replace(look, scene=replace(look.scene, problem=problem))
        if describes or request.embedding:
            look = self._described(look, frame, request, stages, cancelled)
        return look

    def _described(
        self,
        look: Look,
        frame: Frame,
        request: LookRequest,
        stages: Stages,
        cancelled: Callable[[], bool],
    ) -> Look:
        """Add the embedding, and what is wanted of objects and captions."""
        with stages.timed(Stage.PREPROCESS):
            prepared = self._captioner.prepare(frame.pixels)
        with stages.timed(Stage.ENCODE):
            encoding = self._captioner.encode(prepared)
        look = replace(look, scene=replace(look.scene, embedding=encoding.embedding))
        if request.objects or request.captions:
            look = self._with_objects(look, frame, encoding, stages)
        if request.colours:
            in_colour = coloured(look.scene.objects, frame.pixels)
            look = replace(look, scene=replace(look.scene, objects=in_colour))
        if request.captions and request.worth_captions(look.scene):
            with stages.timed(Stage.DECODE):
                said = captions(self._captioner, encoding, look.scene, cancelled, request.language)
            look = replace(look, scene=replace(look.scene, captions=said))
        if request.question is not None and request.worth_asking(look.scene):
            with stages.timed(Stage.ASK):
                answer = answered(
                    self._captioner, encoding, look.scene, cancelled, request.language, request.question
                )
            look = replace(look, scene=replace(look.scene, answer=answer))
        return look

    def _is_striped(self, look: Look, frame: Frame, stages: Stages, cancelled: Callable[[], bool]) -> bool:
        """Whether a picture only passes for a blurred one, since all of its edges lie in one direction.

        The steps of stairs do, as if the camera had been moved along them. Of 524 photos that were blurred on
        purpose, the built-in detector was that sure of stairs or stripes in none.
        """
        if not self._detector.classes:
            return False
        presence = self._described(look, frame, _OBJECTS, stages, cancelled).scene.presence
        return any(presence.get(name, 0.0) >= _STRIPED_ABOVE for name in _STRIPED)

    def let_go(self) -> None:
        """Free what was not used for a while, and is loaded again when it is needed."""
        self._reader.let_go()

    def _with_objects(self, look: Look, frame: Frame, encoding: Encoding, stages: Stages) -> Look:
        """Add the place and the ground, if there is a head for them, and objects, if there is a detector."""
        scene, head = look.scene, None
        if self._place_head is not None and encoding.cells is not None:
            with stages.timed(Stage.PLACE):
                reading = self._place_head.read(encoding.cells)
            scene = replace(scene, place=reading.place, ground=reading.ground)
            head = reading.presence if self._asks_head else None
        if not self._detector.classes:
            return replace(look, scene=scene)
        with stages.timed(Stage.DETECT):
            seen = ObjectEvidence(
                self._detector.classes, self._detector.detect(frame.pixels), head, self._detector.further
            )
            found = objects(seen, self._names)
            scene = replace(scene, objects=found, presence=seen.presence(), findable=self._findable)
        return replace(look, scene=scene, evidence=seen)

    @property
    def findable(self) -> frozenset[str]:
        """See Scene.findable."""
        return self._findable

    @property
    def abilities(self) -> str:
        """What it can do, for people: "captions, 97 kinds of objects, places"."""
        found = {
            f"{len(self._detector.classes)} kinds of objects": self._detector.classes,
            "places": self._place_head is not None,
            "text": self._reader.can_read,
        }
        return ", ".join(["captions", *(ability for ability, there in found.items() if there)])

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of those of the captions."""
        return self._captioner.languages

    @property
    def can_read(self) -> bool:
        """Whether it has a reader of text."""
        return self._reader.can_read

    @property
    def on_its_own(self) -> str | None:
        """Why the machine that it usually asks is not asked at present; None if it is, or there is none."""
        captioner = self._captioner
        return captioner.on_its_own if isinstance(captioner, Dependent) else None

    @property
    def placement(self) -> Placement:
        """What computes the engines."""
        parts = self._captioner.placement + self._detector.placement
        return parts if self._place_head is None else parts + self._place_head.placement

    def warm_up(self) -> None:
        """Run every engine once, so that the first press finds memory and threads ready."""
        self._captioner.warm_up()
        self._detector.warm_up()
        if self._place_head is not None:
            self.describe(GREY, LookRequest(captions=False))


def build_describer(config: Config) -> Describer:
    """Load what the settings ask for.

    Raises:
        CaptionerError: It can't be loaded.
    """
    opened = cache(open_bundle)
    captioner = build_captioner(config.captioner, config.language, opened)
    detector = build_detector(config.objects, config.captioner, opened)
    place_head = build_place_head(config.objects, config.captioner, opened)
    counted = _counted(config.objects, detector)
    return Describer(
        captioner, detector, place_head, counted, build_reader(config.text, config.captioner.threads)
    )


def _counted(section: ObjectsSection, detector: Detector) -> frozenset[str] | None:
    """The classes that count, by name; None: all."""
    if section.names is None:
        return None
    known = frozenset(each.name for each in detector.classes)
    return known_classes(frozenset().union(*map(things_named, section.names)), known)
