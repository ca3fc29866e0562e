"""The section `captioner`: one class for each engine; the key `engine` chooses between them.

A new engine is a class here, an entry in AnyCaptioner, a module in earsight/captioners, and an entry in its
registry.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, ClassVar, Literal

from pydantic import Field, Tag, model_validator

from earsight.config.remote import ChatSection, RemoteSection
from earsight.config.section import CombinationError, FilePath, Section, chosen_by

HUB_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?$"
"""A model's name on the Hugging Face hub. A folder is told from it by how it begins: with /, ~ or a dot."""

HubName = Annotated[str, Field(pattern=HUB_NAME, examples=["Salesforce/blip-image-captioning-base"])]
HubModel = Annotated[HubName | FilePath, Field(union_mode="left_to_right")]
ProviderName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{0,63}$", examples=["cuda"])]
OptionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$", examples=["device_type"])]
OptionValue = int | float | Annotated[str, Field(max_length=1000, examples=["NPU"])]

_ENGINE = (
    "Engine. onnx runs a model bundle; huggingface runs an image-to-text model of transformers, on torch. "
    "server and openai send the pictures to another machine, an Earsight server or any server that speaks "
    "OpenAI's chat API; the bundle stands in for it."
)
_REMOTE = (
    "Server of the engines server and openai, for example {url: http://192.168.1.20:11434/v1, model: "
    "qwen3-vl:4b}. Pictures, and the questions of the action ask, leave the device then. Its keys:"
)
_MODEL = (
    "Model of the engine huggingface: its name on the hub, which is never fetched while running, or its "
    "folder, which begins with /, ~ or a dot."
)


_METHOD = (
    "How captions are found. beam weighs several side by side; greedy always takes the likeliest next token; "
    "nucleus draws it by chance from the likeliest ones, with the keys top_p, temperature, samples and seed."
)


class BeamDecoding(Section):
    """The likeliest captions, weighed side by side."""

    method: Literal["beam"] = Field(default="beam", description=_METHOD)


class GreedyDecoding(Section):
    """One caption, of the likeliest next token each time."""

    method: Literal["greedy"] = Field(description=_METHOD)


class NucleusDecoding(Section):
    """Captions that are drawn by chance."""

    method: Literal["nucleus"] = Field(description=_METHOD)
    top_p: float = Field(
        default=0.8,
        ge=0.01,
        le=1,
        description="A token is drawn from the fewest likeliest ones that have this probability together.",
    )
    temperature: float = Field(
        default=1.0, ge=0.05, le=5, description="Below 1 what is likely is drawn more often; above, less."
    )
    samples: int = Field(
        default=5, ge=1, le=10, description="Captions that are drawn; the best one of them is said."
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**32 - 1,
        description="The same seed draws the same captions of the same picture.",
    )


AnyDecoding = Annotated[
    Annotated[BeamDecoding, Tag("beam")]
    | Annotated[GreedyDecoding, Tag("greedy")]
    | Annotated[NucleusDecoding, Tag("nucleus")],
    chosen_by("method", "beam"),
]


class CaptionerSection(Section):
    """The model that describes the pictures."""

    runs_bundle: ClassVar[bool] = True
    """Whether the engine runs the model bundle, be it only to stand in for another machine."""

    engine: str = Field(description=_ENGINE)
    bundle: Annotated[Literal["builtin"] | FilePath, Field(union_mode="left_to_right")] = Field(
        default="builtin",
        description="Model bundle of all engines but huggingface: builtin, or its folder.",
    )
    model: HubModel | None = Field(default=None, description=_MODEL)
    remote: RemoteSection | None = Field(default=None, description=_REMOTE)
    calibration: FilePath | None = Field(
        default=None,
        description="File of `earsight-train calibrate` that tells how far the captions of the engines "
        "huggingface, server and openai are to be believed; null = of huggingface and openai nothing is "
        'known, and "Not sure, maybe" is said before each.',
    )
    provider: ProviderName = Field(
        default="auto",
        description="What computes: cpu, cuda, or, with the engine onnx, any execution provider of the "
        "installed ONNX Runtime, such as tensorrt, xnnpack, openvino or qnn. auto is a CUDA GPU if there is "
        "one, and otherwise the processor, which also takes the place of a provider that is missing; "
        "`earsight doctor` says what is used.",
    )
    provider_options: dict[OptionName, OptionValue] = Field(
        default={},
        description="Options of that provider, as ONNX Runtime's documentation names them.",
    )
    threads: int = Field(
        default=0, ge=0, le=16, description="Processor threads; 0 = as many as the board has cores."
    )
    beams: Annotated[int, Field(ge=1, le=10)] | None = Field(
        default=None,
        description="Beam width: how many captions are searched side by side; null = as the bundle says "
        "(huggingface: 3).",
    )
    max_tokens: Annotated[int, Field(ge=4, le=128)] | None = Field(
        default=None,
        description="Longest caption, in tokens; null = as the bundle says (huggingface: 30).",
    )
    time_limit: float = Field(
        default=3.0,
        ge=0.1,
        le=20,  # with the rest of a look less than the unit's WatchdogSec, or what is slow passes for hung
        description="Seconds after which a caption is cut short.",
    )


class OnnxCaptionerSection(CaptionerSection):
    """A model bundle, on ONNX Runtime."""

    engine: Literal["onnx"] = Field(default="onnx", description=_ENGINE)
    decode: AnyDecoding = Field(
        default=BeamDecoding(), description="How captions are found: {method: beam, greedy or nucleus, ...}."
    )

    @property
    def calibrated_as(self) -> str:
        """See RemoteCaptionerSection; a bundle brings its calibration along."""
        return f"onnx {self.bundle}"

    @model_validator(mode="after")
    def _keys_fit_engine(self) -> OnnxCaptionerSection:
        if self.model is not None:
            raise CombinationError("engine", "huggingface, since model is set")
        if self.remote is not None:
            raise CombinationError("engine", "server or openai, since remote is set")
        if self.calibration is not None:
            raise CombinationError("calibration", "null, since a bundle has a calibration of its own")
        return self

    @model_validator(mode="after")
    def _beams_fit_method(self) -> OnnxCaptionerSection:
        if self.beams is not None and self.decode.method != "beam":
            raise CombinationError("beams", f"null, since decode.method is {self.decode.method}")
        return self


class HuggingFaceCaptionerSection(CaptionerSection):
    """An image-to-text model of transformers, on torch."""

    runs_bundle = False

    engine: Literal["huggingface"] = Field(description=_ENGINE)
    model: HubModel = Field(description=_MODEL)

    @model_validator(mode="after")
    def _keys_fit_engine(self) -> HuggingFaceCaptionerSection:
        if self.remote is not None:
            raise CombinationError("engine", "server or openai, since remote is set")
        return self

    @property
    def calibrated_as(self) -> str:
        """See RemoteCaptionerSection."""
        return f"huggingface {self.model} {_digest(self.beams, self.max_tokens)}"


class RemoteCaptionerSection(CaptionerSection):
    """What another machine captions. A common base; no engine of its own."""

    remote: RemoteSection = Field(description=_REMOTE)

    @model_validator(mode="after")
    def _keys_fit_engine(self) -> RemoteCaptionerSection:
        if self.model is not None:
            raise CombinationError("model", "null; it is for huggingface, and openai has remote.model")
        return self

    @property
    def calibrated_as(self) -> str:
        """What a calibration is of: another model, or what is asked in another way, needs another one."""
        remote = self.remote
        model = remote.model if isinstance(remote, ChatSection) else remote.host
        asked = (remote.prompt, remote.max_tokens) if isinstance(remote, ChatSection) else ()
        return f"{self.engine} {model} {_digest(remote.side, remote.second_crop, *asked)}"


class ServerCaptionerSection(RemoteCaptionerSection):
    """An Earsight server on another machine."""

    engine: Literal["server"] = Field(description=_ENGINE)


class ChatCaptionerSection(RemoteCaptionerSection):
    """A server of OpenAI's chat API on another machine."""

    engine: Literal["openai"] = Field(description=_ENGINE)
    remote: ChatSection = Field(description=_REMOTE)


def _digest(*values: object) -> str:
    """Tells settings apart, in few letters."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:8]


AnyCaptioner = Annotated[
    Annotated[OnnxCaptionerSection, Tag("onnx")]
    | Annotated[HuggingFaceCaptionerSection, Tag("huggingface")]
    | Annotated[ServerCaptionerSection, Tag("server")]
    | Annotated[ChatCaptionerSection, Tag("openai")],
    chosen_by("engine", "onnx"),
]
