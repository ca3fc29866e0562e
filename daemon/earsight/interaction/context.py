"""What the parts of the interaction share."""

from __future__ import annotations

from dataclasses import dataclass, field

from earsight.interaction.bindings import Bindings
from earsight.interaction.guidance import FindSettings
from earsight.interaction.heard import Heard
from earsight.interaction.notices import Notices
from earsight.interaction.preferences import Preferences
from earsight.language.language import Language, Phrasing
from earsight.listening.listener import Listener
from earsight.vision.look_worker import LookWorker
from earsight.vision.quality import QualityLimits
from earsight.voice.speaker import Speaker


@dataclass(frozen=True, slots=True)
class Policy:
    """What of the settings holds; replaced as a whole when they change.

    Attributes:
        max_age: Seconds; older pictures are not looked at.
        phrasing: How sure a scene has to be to be said, and how.
        limits: Where a picture is too bad to be described; None judges no picture.
        novelty: Cosine distance, 0..2, from which a scene is new to narration.
        words_per_minute: Words that narration says in any minute at most.
        earcons: Whether a press that looks is answered by a tone.
        language: What puts scenes and messages into words.
        bindings: What gestures mean.
        finding: How things are looked for.
        has_model: Whether there is a model that can be asked anything about a picture.
        look_limit: Seconds for one look; after that the look worker hangs, and the wearer must be told.
    """

    max_age: float
    phrasing: Phrasing
    limits: QualityLimits | None
    novelty: float
    words_per_minute: int
    earcons: bool
    language: Language
    bindings: Bindings
    finding: FindSettings = field(default_factory=FindSettings)
    has_model: bool = False
    look_limit: float = 10.0


@dataclass(slots=True)
class Context:
    """One for each service.

    Attributes:
        look_worker: Looks.
        speaker: Says everything.
        policy: What of the settings holds. It may be replaced.
        preferences: What the wearer has chosen.
        listener: Hears voice commands; None without a microphone.
        heard: What the wearer has heard of the surroundings.
        notices: What the wearer has to know about Earsight.
    """

    look_worker: LookWorker
    speaker: Speaker
    policy: Policy
    preferences: Preferences
    listener: Listener | None = None
    heard: Heard = field(default_factory=Heard)
    notices: Notices = field(default_factory=Notices)
