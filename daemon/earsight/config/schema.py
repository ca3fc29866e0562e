"""The settings of Earsight: one model a section. config_file.py reads them from YAML.

The descriptions and bounds here are the single source of the JSON Schema, of the error messages and of
the comments in config/earsight.yaml. Config() is what an empty file gives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator


class CombinationError(ValueError):
    """A value that another one of its section makes impossible. expected: what would be right for the key."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: expected {expected}")
        self.key = key
        self.expected = expected


def _locate(value: Any, info: ValidationInfo) -> Any:
    """Turn the text of a path into a Path: ~ is the home folder, and a relative path starts at the folder
    of the config file (`folder` in the validation context)."""
    if not isinstance(value, str):
        return value
    if not value.strip() or not value.isprintable():
        raise ValueError("a path of printable characters")
    try:
        path = Path(value).expanduser()
    except RuntimeError:
        raise ValueError("a path whose ~ is the home folder of a known user") from None
    folder = (info.context or {}).get("folder")
    return path if folder is None else Path(folder) / path


FilePath = Annotated[Path, BeforeValidator(_locate, json_schema_input_type=str)]
VideoDevice = Annotated[str, Field(pattern=r"^/dev/[A-Za-z0-9/_.:-]+$", examples=["/dev/video0"])]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([_+-][A-Za-z0-9]{1,16}){0,4}$", examples=["en-gb"])]
SoundDevice = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:=,+@/ -]{0,199}$", examples=["plughw:CARD=Headphones"])
]
Pipeline = Annotated[str, Field(min_length=1, max_length=4000, examples=["v4l2src device=/dev/video0"])]
HUB_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?$"
"""A model's name on the Hugging Face hub. A folder is told from it by how it begins: with /, ~ or a dot."""

HubName = Annotated[str, Field(pattern=HUB_NAME, examples=["Salesforce/blip-image-captioning-base"])]
Probability = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """What all sections share: a value is fixed once read, unknown keys and lax conversions are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class CameraSection(Section):
    """Where the pictures come from."""

    source: Literal["auto", "picamera2", "opencv", "gstreamer", "replay"] = Field(
        default="auto",
        description="auto takes the board's camera, else a webcam, also one that comes later; at a terminal "
        "without a camera, replayed photos.",
    )
    device: Annotated[int, Field(ge=0, le=255)] | VideoDevice | None = Field(
        default=None,
        description="Which webcam opencv takes: its number or device file; null = the first that is there.",
    )
    pipeline: Pipeline | None = Field(
        default=None,
        description="GStreamer pipeline for the source gstreamer, with or without its appsink.",
    )
    replay: FilePath | None = Field(
        default=None,
        description="A photo, a folder of photos or a video for the source replay; null = demo photos.",
    )
    replay_interval: float = Field(
        default=3.0, ge=0.05, le=3600, description="Seconds for which a photo is shown."
    )
    width: int = Field(default=640, ge=64, le=4096, description="Width of the picture asked for, in pixels.")
    height: int = Field(
        default=480, ge=64, le=4096, description="Height of the picture asked for, in pixels."
    )
    fps: int = Field(default=15, ge=1, le=120, description="Pictures a second asked for.")
    rotation: Literal[0, 90, 180, 270] = Field(
        default=0,
        description="Degrees clockwise that set the picture upright when the camera is worn turned.",
    )
    max_age: float = Field(
        default=1.0,
        ge=0.1,
        le=10,
        description="Seconds after which a picture is too old to be what is in front.",
    )

    @model_validator(mode="after")
    def _complete(self) -> CameraSection:
        if self.source == "gstreamer" and self.pipeline is None:
            raise CombinationError("pipeline", "a pipeline, since source is gstreamer")
        return self


class ButtonSection(Section):
    """A push button between a GPIO pin and ground."""

    pin: int = Field(ge=0, le=27, description="BCM number of the pin, not its place on the header.")
    pull_up: bool = Field(
        default=True, description="true: the button connects the pin to ground; false: to 3.3 volts."
    )
    debounce: float = Field(
        default=0.02, ge=0, le=0.2, description="Seconds for which the contacts may bounce."
    )


class TriggersSection(Section):
    """What makes Earsight look."""

    keyboard: bool = Field(
        default=True,
        description="Enter looks, d Enter repeats, l Enter tells more, q Enter stops the service.",
    )
    button: ButtonSection | None = Field(
        default=None,
        description="The push button, for example {pin: 17, pull_up: true, debounce: 0.02}; null = none.",
    )
    second_button: ButtonSection | None = Field(
        default=None,
        description="A second button, for example {pin: 27}: a short press says it again, a double one is "
        "louder, a long one quieter; null = none.",
    )
    control_socket: FilePath | None = Field(
        default=None,
        description="Socket of `earsight press`; null = earsight.sock in the user's runtime folder, "
        "/run/earsight/control.sock for a system service.",
    )

    @model_validator(mode="after")
    def _pins_differ(self) -> TriggersSection:
        if self.button and self.second_button and self.button.pin == self.second_button.pin:
            raise CombinationError("second_button", f"another pin than that of button, {self.button.pin}")
        return self


class GesturesSection(Section):
    """When a press is short, double or long."""

    long_press: float = Field(
        default=0.8, ge=0.2, le=5, description="Seconds after which a held press is a long one."
    )
    double_window: float = Field(
        default=0.35,
        ge=0,
        le=1,
        description="Seconds in which a second press makes it a double one; 0 = no doubles.",
    )
    stuck_after: float = Field(
        default=30.0,
        ge=5,
        le=600,
        description="Seconds after which a button that is still down counts as stuck.",
    )

    @model_validator(mode="after")
    def _told_apart(self) -> GesturesSection:
        if self.double_window >= self.long_press:
            raise CombinationError("double_window", f"less than long_press, {self.long_press:g}")
        if self.stuck_after <= self.long_press:
            raise CombinationError("stuck_after", f"more than long_press, {self.long_press:g}")
        return self


class CaptionerSection(Section):
    """The model that describes the pictures."""

    engine: Literal["onnx", "huggingface"] = Field(
        default="onnx",
        description="onnx runs a model bundle; huggingface an image-to-text model of transformers, on torch.",
    )
    bundle: Annotated[Literal["builtin"] | FilePath, Field(union_mode="left_to_right")] = Field(
        default="builtin", description="builtin, or the folder of a model bundle, for the engine onnx."
    )
    model: Annotated[HubName | FilePath, Field(union_mode="left_to_right")] | None = Field(
        default=None,
        description="For the engine huggingface: a model's name on the hub, which is never fetched while "
        "running, or its folder, which begins with /, ~ or a dot.",
    )
    provider: Literal["auto", "cpu", "cuda", "tensorrt"] = Field(
        default="auto",
        description="What the engine onnx computes with; auto = a CUDA GPU if ONNX Runtime can use one, else "
        "the processor.",
    )
    threads: int = Field(
        default=0, ge=0, le=16, description="Processor threads; 0 = as many as the board has cores."
    )
    beams: Annotated[int, Field(ge=1, le=10)] | None = Field(
        default=None,
        description="Captions weighed side by side; null = as the bundle says (huggingface: 3).",
    )
    max_tokens: Annotated[int, Field(ge=4, le=128)] | None = Field(
        default=None,
        description="Longest caption, in word pieces; null = as the bundle says (huggingface: 30).",
    )
    time_limit: float = Field(
        default=3.0,
        ge=0.1,
        le=20,  # with the rest of a look less than the unit's WatchdogSec, or what is slow passes for hung
        description="Seconds after which a caption is cut short with what there is.",
    )

    @model_validator(mode="after")
    def _model_fits_engine(self) -> CaptionerSection:
        if self.engine == "huggingface" and self.model is None:
            raise CombinationError("model", "the name or the folder of a model, since engine is huggingface")
        if self.engine == "onnx" and self.model is not None:
            raise CombinationError("engine", "huggingface, since model is given")
        return self


class NarrationSection(Section):
    """Speaking without a press when the scene changes."""

    every: Annotated[float, Field(ge=1, le=3600)] | None = Field(
        default=None, description="Seconds between looks; null = only on a press."
    )
    novelty: float = Field(
        default=0.4,
        ge=0,
        le=2,
        description="Cosine distance from the last described scene that counts as a new one.",
    )


class QualitySection(Section):
    """When a picture is said to be unusable instead of being described. Grey levels are 0 to 255."""

    enabled: bool = Field(default=True, description="false describes every picture, however bad.")
    dark: float = Field(
        default=50.0, ge=0, le=255, description="Too dark: the brightest 2 % stay below this grey level."
    )
    overexposed: float = Field(
        default=0.75, ge=0, le=1, description="Too bright: more than this share of the picture is burnt out."
    )
    covered: float = Field(
        default=40.0, ge=0, le=255, description="Covered: darkest and brightest 2 % differ by less than this."
    )
    blurred: float = Field(
        default=20.0, ge=0, le=500, description="Blurred: the sharpest edges have less than this sharpness."
    )


class WordingSection(Section):
    """From which confidence (a calibrated probability) a description is worded how surely."""

    style: Literal["hedged", "careful"] = Field(
        default="hedged",
        description='hedged says what the model says, with its doubt before it ("Probably ..."); careful '
        'says only what is likely of it, in few words ("A person outdoors").',
    )
    plain_above: Probability = Field(
        default=0.7, description="From here on the description is said as it is."
    )
    probably_above: Probability = Field(default=0.45, description='From here on it begins with "Probably".')
    maybe_above: Probability = Field(
        default=0.1,
        description='From here on it begins with "Not sure, maybe"; below, Earsight says it can\'t tell.',
    )
    likely_above: Probability = Field(
        default=0.8, description="How likely a thing has to be for the style careful to name it."
    )

    @model_validator(mode="after")
    def _descending(self) -> WordingSection:
        if self.probably_above > self.plain_above:
            raise CombinationError("probably_above", f"at most plain_above, {self.plain_above:g}")
        if self.maybe_above > self.probably_above:
            raise CombinationError("maybe_above", f"at most probably_above, {self.probably_above:g}")
        return self


class VoiceSection(Section):
    """How Earsight speaks, and where the sound goes."""

    engine: Literal["auto", "espeak", "pyttsx3", "piper"] = Field(
        default="auto", description="Speech engine; auto takes the first that is installed."
    )
    language: Language = Field(default="en", description="Language or voice of the engine.")
    rate: int = Field(default=175, ge=80, le=450, description="Words a minute.")
    volume: float = Field(default=1.0, ge=0, le=1, description="Loudness, from 0 (silent) to 1.")
    piper_model: FilePath | None = Field(
        default=None, description="The .onnx file of a Piper voice; needed by the engine piper."
    )
    player: Literal["auto", "alsa", "wav"] = Field(
        default="auto",
        description="Sound output; auto is the sound device, also one that comes later; without one a "
        "service stays silent, and at a terminal a WAV file takes the words.",
    )
    device: SoundDevice = Field(default="default", description="ALSA device; `aplay -L` lists them.")
    wav_file: FilePath | None = Field(
        default=None,
        description="File of the wav player; null = earsight.wav in the folder it was started in.",
    )
    lead_in: float = Field(
        default=0.0,
        ge=0,
        le=2,
        description="Seconds of silence before speech, for outputs that swallow its beginning.",
    )
    earcons: bool = Field(default=True, description="A short tone at once when a press is noticed.")

    @model_validator(mode="after")
    def _complete(self) -> VoiceSection:
        if self.engine == "piper" and self.piper_model is None:
            raise CombinationError("piper_model", "the .onnx file of a voice, since engine is piper")
        return self


class Config(Section):
    """All settings of Earsight."""

    camera: CameraSection = CameraSection()
    triggers: TriggersSection = TriggersSection()
    gestures: GesturesSection = GesturesSection()
    captioner: CaptionerSection = CaptionerSection()
    narration: NarrationSection = NarrationSection()
    quality: QualitySection = QualitySection()
    wording: WordingSection = WordingSection()
    voice: VoiceSection = VoiceSection()


LIVE_SECTIONS = frozenset({"gestures", "narration", "quality", "wording", "voice"})
"""Sections that a running service takes over at a reload."""

RESTART_SECTIONS = frozenset({"camera", "triggers", "captioner"})
"""Sections whose change needs a restart."""


def changed_sections(old: Config, new: Config) -> set[str]:
    """The names of the sections that differ."""
    return {name for name in Config.model_fields if getattr(old, name) != getattr(new, name)}


def config_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a config file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Config.model_json_schema(),
        "title": "Earsight configuration",
    }
