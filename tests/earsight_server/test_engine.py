"""What a look takes along to another process and back."""

from __future__ import annotations

import pickle
from http import HTTPStatus

from earsight.vision.describer import TEXT, LookRequest
from earsight_server.refusal import RefusedError, busy
from earsight_server.speech import VoiceFailedError


def test_requests_are_the_same_there() -> None:
    for request in (TEXT, LookRequest(captions=False, colours=True)):
        assert pickle.loads(pickle.dumps(request)) == request


def test_refusals_are_whole_there() -> None:
    for error in (busy("Too much."), VoiceFailedError(HTTPStatus.SERVICE_UNAVAILABLE, "Hoarse.")):
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is type(error)
        assert isinstance(copy, RefusedError)
        assert (copy.status, str(copy), copy.headers) == (error.status, str(error), error.headers)
