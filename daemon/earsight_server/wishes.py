"""What a client can ask for beside its photo: in the query, or as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from earsight.config.schema import LanguageCode
from earsight_server.refusal import RefusedError

_W = TypeVar("_W", bound="Wishes")


def _flag(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Flag = Annotated[bool, BeforeValidator(_flag), Field(strict=True)]


class Wishes(BaseModel):
    """What every question about a photo can have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: LanguageCode = Field(default="en", description="Language of the answer.", examples=["id"])
    sound: Flag = Field(default=False, description="Whether the answer is to be spoken as well.")


class DescribeWishes(Wishes):
    """What a description can be like."""

    detail: Flag = Field(default=False, description="Whether to say all, and what is doubtful.")
    style: Literal["hedged", "careful"] = Field(
        default="hedged", description="How doubt is expressed; careful says only what is likely."
    )


class FindWishes(Wishes):
    """What is to be found."""

    thing: str = Field(
        min_length=1, max_length=60, description="In English or Indonesian.", examples=["door"]
    )


class AskWishes(Wishes):
    """What is asked."""

    question: str = Field(
        min_length=1,
        max_length=200,
        description="In English or Indonesian: how many, is there, where, what colour; anything, "
        "where the server's engine is a model that can be asked.",
        examples=["How many people are there?"],
    )


def wishes(kind: type[_W], values: Mapping[str, str]) -> _W:
    """Read what a client asks for.

    Raises:
        RefusedError: A name is unknown, or a value is wrong.
    """
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"]))
        text = f"{name[:40]}: {first['msg']}; known are {', '.join(kind.model_fields)}."
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, text) from None


def photo_operation(kind: type[Wishes]) -> dict[str, Any]:
    """The OpenAPI of a request with a photo: in a form, or as it is with its wishes in the query."""
    properties: dict[str, Any] = kind.model_json_schema()["properties"]
    required = kind.model_json_schema().get("required", [])
    picture = {
        "type": "string",
        "format": "binary",
        "description": "A JPEG, PNG, WebP, BMP, GIF or TIFF file.",
    }
    form = {
        "type": "object",
        "properties": {"image": picture, **properties},
        "required": ["image"],
        "additionalProperties": False,
    }
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema.get("description", "")
            + (" Needed here or in the form." if name in required else ""),
            "schema": {key: value for key, value in schema.items() if key not in ("description", "title")},
        }
        for name, schema in properties.items()
    ]
    return {
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form, "encoding": {"image": {"contentType": "image/*"}}},
                "image/*": {"schema": picture},
                "application/octet-stream": {"schema": picture},
            },
        },
    }
