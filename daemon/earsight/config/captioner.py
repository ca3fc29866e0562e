"""The section `captioner`: one class for each engine; the key `engine` chooses between them.

A new engine is a class here, an entry in AnyCaptioner, a module in earsight/captioners, and an entry in its
registry.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag, model_validator

from earsight.config.section import CombinationError, FilePath, Section, chosen_by

HUB_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?$"
"""A model's name on the Hugging Face hub. A folder is told from it by how it begins: with /, ~ or a dot."""

HubName = Annotated[str, Field(pattern=HUB_NAME, examples=["Salesforce/blip-image-captioning-base"])]
HubModel = Annotated[HubName | FilePath, Field(union_mode="left_to_right")]
ProviderName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{0,63}$", examples=["cuda"])]
OptionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$", examples=["device_type"])]
OptionValue = int | float | Annotated[str, Field(max_length=1000, examples=["NPU"])]

_ENGINE = (
    "Engine. onnx runs a model bundle; huggingface runs an image-to-text model of transformers, on torch."
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

    engine: str = Field(description=_ENGINE)
    bundle: Annotated[Literal["builtin"] | FilePath, Field(union_mode="left_to_right")] = Field(
        default="builtin", description="Model bundle of the engine onnx: builtin, or its folder."
    )
    model: HubModel | None = Field(default=None, description=_MODEL)
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

    @model_validator(mode="after")
    def _model_fits_engine(self) -> OnnxCaptionerSection:
        if self.model is not None:
            raise CombinationError("engine", "huggingface, since model is set")
        return self

    @model_validator(mode="after")
    def _beams_fit_method(self) -> OnnxCaptionerSection:
        if self.beams is not None and self.decode.method != "beam":
            raise CombinationError("beams", f"null, since decode.method is {self.decode.method}")
        return self


class HuggingFaceCaptionerSection(CaptionerSection):
    """An image-to-text model of transformers, on torch."""

    engine: Literal["huggingface"] = Field(description=_ENGINE)
    model: HubModel = Field(description=_MODEL)


AnyCaptioner = Annotated[
    Annotated[OnnxCaptionerSection, Tag("onnx")] | Annotated[HuggingFaceCaptionerSection, Tag("huggingface")],
    chosen_by("engine", "onnx"),
]
