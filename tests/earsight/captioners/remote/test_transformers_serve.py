"""A real server of others: `transformers serve`, with a tiny model of random weights."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from earsight.captioners.remote.captioner import RemoteCaptioner
from earsight.captioners.remote.chat import ChatModel
from earsight.captioners.remote.transport import Transport
from tests.earsight.captioners.remote.conftest import NEVER_OPENS
from tests.earsight.captioners.remote.real_server import started
from tests.earsight.stand_ins import ColourCaptioner, painted

_MISSING = [
    name
    for name in ("torch", "transformers", "accelerate", "openai", "fastapi", "uvicorn")
    if not find_spec(name)
]

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(
        bool(_MISSING), reason=f"pip install accelerate openai fastapi uvicorn ({', '.join(_MISSING)})"
    ),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.earsight.captioners.tiny_models import smolvlm

    return smolvlm(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def url(model: Path) -> Iterator[str]:
    def program(port: str) -> list[str]:
        run = "from transformers.cli.transformers import main; main()"
        return ["-c", run, "serve", str(model), "--host", "127.0.0.1", "--port", port, "--device", "cpu"]

    with started(program, {"HF_HUB_OFFLINE": "1"}) as url:
        yield url


def test_it_describes_a_picture_and_its_words_pass_the_same_checks(url: str, model: Path) -> None:
    """It has no log-probabilities, and refuses requests for them: it is asked once more."""
    answers = []
    chat = ChatModel(Transport(url), str(model), max_tokens=12)
    caption = chat.caption

    async def kept(picture: bytes, language: str, limit: float):
        answers.append(await caption(picture, language, limit))
        return answers[-1]

    chat.caption = kept
    captioner = RemoteCaptioner(ColourCaptioner(), chat, 120.0, limits=NEVER_OPENS)
    found = captioner.describe(captioner.encode(captioner.prepare(painted("red"))))
    captioner.close()
    (answer,) = answers
    assert answer.text.split(), "random words, but words"
    assert answer.log_probs is None
    assert found[0].text
    assert captioner.on_its_own is None
