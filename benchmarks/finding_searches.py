"""One search in one photo: a class that is looked for, and what a wearer would hear of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from earsight.cameras.photos import load_photo
from earsight.interaction.context import Policy
from earsight.language.finding import Target, best, found_text, sighting, target
from earsight.language.groups import Doubt
from earsight.scene import Frame, Scene
from earsight.vision.describer import Describer, LookRequest
from earsight_training.data.labels import PhotoLabels
from earsight_training.scoring.spoken_things import spoken_things

LARGE = 0.05
"""Share of the picture from which a thing is large."""


@dataclass(frozen=True)
class Search:
    """One class that was looked for in one photo.

    Attributes:
        photo: Its labels.
        name: Of the class.
        doubt: With which it was said to be there; None if it was not.
        denied: Whether it was said that it is not seen, or meant where that is never said.
        directions: In which it was said to be.
    """

    photo: PhotoLabels
    name: str
    doubt: Doubt | None
    denied: bool
    directions: frozenset[str]

    @property
    def is_there(self) -> bool:
        return self.name in self.photo.present

    @property
    def is_large(self) -> bool:
        """Whether one is that is labelled with a box."""
        boxes = self.photo.boxes.get(self.name, ())
        return any((box.right - box.left) * (box.bottom - box.top) > LARGE for box in boxes)

    @property
    def side_is_right(self) -> bool:
        return bool(self.directions) and self.directions <= self.photo.directions[self.name]


def search(
    photo: PhotoLabels, describer: Describer, policy: Policy, seconds: list[float]
) -> Iterator[Search]:
    """Look for each class that is judged and that the detector finds.

    Args:
        photo: Its labels.
        describer: Looks once.
        policy: How probable a thing has to be, and how it is worded.
        seconds: Gets how long the look took.
    """
    frame = Frame(load_photo(photo.path), time.monotonic())
    began = time.perf_counter()
    scene = describer.describe(frame, LookRequest(policy.limits, captions=False)).scene
    seconds.append(time.perf_counter() - began)
    if scene.problem is not None:
        return
    for name in sorted(photo.judged):
        wanted = target(name, describer.findable)
        if wanted is not None and wanted.name == name:
            yield _searched(photo, wanted, scene, policy)


def _searched(photo: PhotoLabels, wanted: Target, scene: Scene, policy: Policy) -> Search:
    limits = policy.finding.limits
    likely = [each for each in wanted.among(scene.objects) if each.confidence >= limits.maybe]
    chosen = best(likely)
    group = sighting(chosen, limits.phrasing(policy.phrasing)) if chosen else None
    directions: frozenset[str] = frozenset()
    if group is not None:  # by words of the scoring's own: an error in the device's can't hide itself
        text = found_text(wanted, scene, policy.phrasing, limits, policy.language)
        said = [each for each in spoken_things(text, policy.language.code) if wanted.name in each.classes]
        directions = frozenset().union(*(each.directions for each in said))
    denied = group is None and wanted.presence(scene) < limits.absent
    return Search(photo, wanted.name, group.doubt if group else None, denied, directions)
