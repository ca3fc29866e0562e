"""The API of the published page, kept: its own page works with this server as it stands.

It is that of deploy/main.py in github.com/daffaalfajrii1/image-captioning-MM-CLIP-RN50x4. The page sends the
photo as the file `image` of a form, to / and to /translation, and gives the sound to the browser as
audio/mpeg. There, errors come with the status 200; here, with one that says what kind of error it is. The
page only reads the JSON.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from fastapi import APIRouter, Request

from earsight_server.answering import Answering
from earsight_server.answers import PublishedCaption, PublishedTranslation
from earsight_server.api import ERRORS, photo_of
from earsight_server.speech import Speech, mp3
from earsight_server.uploads import receive, watched
from earsight_server.wishes import DescribeWishes

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"image": {"type": "string", "format": "binary"}},
                    "required": ["image"],
                }
            }
        },
    }
}


def published_api(answering: Answering, speech: Speech) -> APIRouter:
    """POST / in English and POST /translation in Indonesian."""
    router = APIRouter(responses=ERRORS, tags=["published"])

    async def answer(request: Request, language: str) -> tuple[str, str]:
        """The words, and their sound."""
        upload = await receive(request)
        wanted = DescribeWishes.model_validate({"language": language})
        async with watched(request) as gone:
            described = await answering.describe(photo_of(upload), wanted, gone)
        said = described.answer.said
        return said, b64encode(mp3(await speech.say(said, language))).decode()

    @router.post(
        "/", summary="Caption a photo in English, as the published page asks for it", openapi_extra=_FORM
    )
    async def caption(request: Request) -> PublishedCaption:
        """The words and their sound."""
        said, sound = await answer(request, "en")
        return PublishedCaption(caption=said, audio_data=sound)

    @router.post(
        "/translation",
        summary="Caption a photo in Indonesian, as the published page asks for it",
        openapi_extra=_FORM,
    )
    async def translation(request: Request) -> PublishedTranslation:
        """The words and their sound."""
        said, sound = await answer(request, "id")
        return PublishedTranslation(translation=said, audio_id_data=sound)

    return router
