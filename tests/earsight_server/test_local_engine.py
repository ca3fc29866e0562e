"""The engine of one process: what it loads."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest

from earsight.captioners.captioner import Captioner
from earsight.config.schema import Config
from earsight.vision.describer import Describer
from earsight_server.local_engine import LocalEngine
from earsight_server.settings import Limits
from tests.earsight.stand_ins import ColourCaptioner
from tests.earsight_server.conftest import Colours


@pytest.mark.parametrize(("captioner", "loaded"), [(Colours(), ["en", "id"]), (ColourCaptioner(), ["en"])])
def test_a_model_of_one_language_is_loaded_once(captioner: Captioner, loaded: list[str]) -> None:
    built = []

    def build(config: Config) -> Describer:
        built.append(config.language)
        return Describer(captioner)

    with closing(LocalEngine(Config(), Limits(), build=build)) as engine:
        asyncio.run(engine.warm_up(("en", "id")))
    assert built == loaded
