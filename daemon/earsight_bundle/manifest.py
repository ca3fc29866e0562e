"""The manifest of a bundle: what it is, how it is used, and the hash of every other file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from earsight_bundle.files import DECODER, OF_A_LANGUAGE, TOKENIZER, TOKENS, Capability, in_language

SCHEMA_VERSION: Final = 2
MAX_MANIFEST_BYTES = 1_000_000

ImageFit = Literal["squash", "crop"]
"""How an image becomes the encoder's square input. squash: both sides are resized, and proportions are given
up. crop: the shorter side is resized, and the middle is cut out."""

FeatureName = Literal["mean_log_prob", "lowest_log_prob", "tokens", "agreement", "familiarity", "support"]
"""What a caption's confidence may be computed from: see earsight_bundle.confidence."""

LanguageCode = Annotated[str, Field(pattern="^[a-z]{2,3}$")]
"""ISO 639."""

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class ImageSettings(_Section):
    """The encoder's input.

    Attributes:
        side: Pixels of the square's side.
        fit: How an image becomes that square.
    """

    side: int = Field(ge=32, le=1024)
    fit: ImageFit


class DecodeSettings(_Section):
    """The beam search.

    Attributes:
        beams: Width of the search, unless the configuration says otherwise.
        max_tokens: Tokens of a caption at most, the end token included.
        end_token: Number of the token that ends a caption.
        no_repeat: No caption has so many tokens in a row twice; 0 lets captions repeat themselves.
    """

    beams: int = Field(ge=1, le=64)
    max_tokens: int = Field(ge=1, le=512)
    end_token: int = Field(ge=0)
    no_repeat: int = Field(default=0, ge=0, le=64)


class Calibration(_Section):
    """A logistic regression from features and words to the probability that a caption makes nothing up.

    Attributes:
        bias: Log-odds.
        weights: Log-odds per unit of each feature; a feature that is not named weighs nothing.
        words: Log-odds for each word that the caption has; a word that is not named weighs nothing.
        order: What one unit of log-odds is worth when captions are put in order, in nats of mean
            log-probability.
        consensus: What full agreement of the search's captions with a caption is worth then, in nats.
    """

    bias: float
    weights: dict[FeatureName, float]
    words: dict[str, float] = {}
    order: float = Field(default=0.0, ge=0)
    consensus: float = Field(default=0.0, ge=0)


class ObjectClass(_Section):
    """A class of objects, and how sure the detector has to be of it: see earsight_bundle.objects.

    Attributes:
        name: Of the class, in the vocabulary of the daemon.
        bias: Log-odds.
        score: Log-odds per unit of the log-odds of the detector's score.
        presence: Log-odds per unit of the place head's log-odds that the picture shows any of the class.
        least: Probability below which an object of this class is not named: what keeps its precision.
    """

    name: str = Field(min_length=1, max_length=64)
    bias: float = 0.0
    score: float = 1.0
    presence: float = 0.0
    least: float = Field(default=0.5, ge=0, le=1)


class FurtherBoxes(_Section):
    """How sure the detector is that a class is there more than once: see earsight_bundle.objects.

    Attributes:
        bias: Log-odds.
        score: Log-odds per unit of the log-odds of a box's score.
    """

    bias: float
    score: float


class ObjectsSettings(_Section):
    """The detector.

    Attributes:
        image: Its input.
        classes: In the order of its scores.
        further: How likely the boxes of a class, but for its best one, are things of their own. None: as its
            best one.
        overlap: Of two boxes of a class whose intersection over union is larger, the less likely is dropped.
    """

    image: ImageSettings
    classes: tuple[ObjectClass, ...] = Field(min_length=1, max_length=1000)
    further: FurtherBoxes | None = None
    overlap: float = Field(default=0.6, gt=0, le=1)


class PlaceSettings(_Section):
    """The place head.

    Attributes:
        places: Names of places, in the order of its output.
        grounds: Names of what the ground may be, in the order of its output.
    """

    places: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()


class DecoderSettings(_Section):
    """A language that has a decoder of its own, which reads what the bundle's encoder gives.

    Attributes:
        decode: The beam search.
        calibration: The confidence.
        metrics: What was measured, by name, for people.
        checks: How far the graph is from the model that it was written from, for people.
    """

    decode: DecodeSettings
    calibration: Calibration
    metrics: dict[str, float] = {}
    checks: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Captioning:
    """What a manifest says of captions in one language. See Manifest.

    Attributes:
        language: Its code.
        starts: Tokens that captions start with, after the prefix.
        image: The encoder's input.
        decode: The beam search.
        calibration: The confidence.
        decoder: File name of the decoder.
        tokens: File name of its tokens' vectors.
        tokenizer: File name of its vocabulary.
    """

    language: str
    starts: tuple[int, ...]
    image: ImageSettings
    decode: DecodeSettings
    calibration: Calibration
    decoder: str = DECODER
    tokens: str = TOKENS
    tokenizer: str = TOKENIZER


SECTIONS: Final[Mapping[Capability, tuple[str, ...]]] = {
    "caption": ("image", "decode", "calibration"),
    "objects": ("objects",),
    "place": ("place",),
}
"""The sections of a manifest that each capability has, and no other model."""


class Manifest(_Section):
    """What a bundle says of itself. Unknown keys are ignored, so that newer versions may add some.

    Attributes:
        schema_version: Of this contract.
        name: The model's name.
        licence: Terms of the weights and of the data behind them.
        capabilities: What the model can do.
        language: Code of the language of its captions, or of the first of several.
        languages: From the code of each language that the first decoder captions in to the tokens that such
            captions start with, after the prefix; the first is used where none is asked for. None: one
            language, without such tokens.
        decoders: By the code of a language, what belongs to a decoder of its own.
        image: The encoder's input; of bundles that caption.
        decode: The beam search; likewise.
        calibration: The confidence; likewise. In all languages that `calibrations` does not have.
        calibrations: By the code of a language, the confidence in its captions.
        objects: The detector; of bundles that find objects.
        place: The place head; of bundles that tell the place.
        metrics: What was measured, by name, for people.
        checks: How far the graphs are from the model that they were written from, for people.
        missing: Share of the photos of its data set, 0 to 1, that may be missing where it is measured.
        files: SHA-256 of every file of the bundle but the manifest, in hexadecimal.
    """

    schema_version: Literal[2]
    name: str
    licence: str
    capabilities: tuple[Capability, ...]
    language: str = "en"
    languages: dict[LanguageCode, tuple[Annotated[int, Field(ge=0)], ...]] | None = None
    decoders: dict[LanguageCode, DecoderSettings] | None = None
    image: ImageSettings | None = None
    decode: DecodeSettings | None = None
    calibration: Calibration | None = None
    calibrations: dict[LanguageCode, Calibration] | None = None
    objects: ObjectsSettings | None = None
    place: PlaceSettings | None = None
    metrics: dict[str, float] = {}
    checks: dict[str, Any] = {}
    missing: float = Field(default=0.01, ge=0, le=1)
    files: dict[str, Sha256]

    @property
    def captioning(self) -> Captioning:
        """The sections of a bundle that captions. Raises ValueError if one of them is missing."""
        if self.image is None or self.decode is None or self.calibration is None:
            raise ValueError("this model does not caption")
        language, starts = next(iter(self.starts.items()))
        calibration = (self.calibrations or {}).get(language, self.calibration)
        return Captioning(language, starts, self.image, self.decode, calibration)

    @property
    def starts(self) -> Mapping[str, tuple[int, ...]]:
        """From the code of each language of the first decoder to the tokens that its captions start with;
        never empty."""
        return self.languages or {self.language: ()}

    @property
    def codes(self) -> tuple[str, ...]:
        """Of all languages of the captions; at least one."""
        return (*self.starts, *(self.decoders or ()))

    def captioning_in(self, language: str | None) -> Captioning:
        """Return what holds for captions in a language; where the bundle does not have it, for its first one.

        Args:
            language: Its code; None: the first one.

        Raises:
            ValueError: The bundle does not caption.
        """
        first, language = self.captioning, language or self.captioning.language
        if language in self.starts:
            calibration = (self.calibrations or {}).get(language, self.calibration or first.calibration)
            return replace(first, language=language, starts=self.starts[language], calibration=calibration)
        own = (self.decoders or {}).get(language)
        if own is None:
            return first
        names = (in_language(name, language) for name in OF_A_LANGUAGE)
        return Captioning(language, (), first.image, own.decode, own.calibration, *names)
