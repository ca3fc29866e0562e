"""The section captioner."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, FilePath, Section

HUB_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?$"
"""A model's name on the Hugging Face hub. A folder is told from it by how it begins: with /, ~ or a dot."""

HubName = Annotated[str, Field(pattern=HUB_NAME, examples=["Salesforce/blip-image-captioning-base"])]


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
