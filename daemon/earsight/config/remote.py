"""The section `captioner.remote`: the server that the engines `server` and `openai` ask."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, FilePath, Section
from earsight.system.network import may_be_private

ServerUrl = Annotated[
    str,
    Field(
        pattern=r"^https?://[A-Za-z0-9\[][A-Za-z0-9.:\[\]_-]{0,253}(/[A-Za-z0-9._~/-]{0,200})?$",
        examples=["https://192.168.1.20:8443/v1"],
    ),
]
ModelName = Annotated[str, Field(pattern=r"^[!-~]{1,300}$", examples=["qwen3-vl:4b"])]
PromptLanguage = Annotated[str, Field(pattern=r"^[a-z]{2}$", examples=["en"])]
Prompt = Annotated[str, Field(min_length=1, max_length=2000, examples=["Describe the photo."])]

PLAIN = "https://, or http:// with a private address: pictures must not be seen on the way"


class RemoteSection(Section):
    """A server on another machine that is sent pictures, and describes them."""

    url: ServerUrl = Field(
        description="Address of the server: https://, or http:// in a private network. With openai it "
        "usually ends in /v1."
    )
    allow_public_http: bool = Field(
        default=False,
        description="Whether http:// may lead through public networks, where anybody on the way can see the "
        "pictures.",
    )
    key_file: FilePath | None = Field(
        default=None,
        description="File with the server's key, which only Earsight's user may read; null = it wants none.",
    )
    certificate: FilePath | None = Field(
        default=None,
        description="Certificate (PEM) of the server or of who vouches for it; null = the system knows it.",
    )
    time_limit: float = Field(
        default=4.0,
        ge=0.5,
        le=10,
        description="Seconds after which the model of this device answers in the server's place.",
    )
    side: int = Field(
        default=640,
        ge=64,
        le=2048,
        description="Longest side of the pictures that are sent, in pixels.",
    )
    second_crop: bool = Field(
        default=False,
        description="Whether a second request shows the middle of the picture alone. What both answers name "
        "is more likely right, and a calibration can use that.",
    )

    @property
    def host(self) -> str:
        """The name or the number of the other machine."""
        return str(self._parts.hostname)

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    @model_validator(mode="after")
    def _pictures_stay_private(self) -> RemoteSection:
        try:
            host, scheme = self._parts.hostname, self._parts.scheme
            _ = self._parts.port  # raises ValueError where it is no port
        except ValueError:
            host, scheme = None, ""
        if not host:
            raise CombinationError("url", "the address of a server, such as https://192.168.1.20:8443/v1")
        if scheme == "http" and not self.allow_public_http and not may_be_private(host):
            raise CombinationError("url", PLAIN)
        return self


class ChatSection(RemoteSection):
    """A server on another machine that speaks OpenAI's chat completions API, with pictures."""

    model: ModelName = Field(description="for openai: Name of the model, as the server knows it.")
    prompt: dict[PromptLanguage, Prompt] | None = Field(
        default=None,
        description="for openai: What the model is asked, by language: {en: ..., id: ...}; null = Earsight's "
        "own words.",
    )
    max_tokens: int = Field(default=60, ge=8, le=512, description="for openai: Longest answer, in tokens.")
