"""Models of transformers behind the look worker, the service and the command line."""

from __future__ import annotations

import asyncio
import json

import pytest

pytest.importorskip("torch", reason="torch comes with the huggingface extra")
pytest.importorskip("transformers", reason="transformers comes with the huggingface extra")

from earsight import cli
from earsight.cameras.camera import Camera
from earsight.cameras.replay import ReplaySource
from earsight.config.captioner import HuggingFaceCaptionerSection
from earsight.config.loader import load_config
from earsight.config.schema import Config
from earsight.interaction.press_end import PressEnd
from earsight.service.builders import Builders
from earsight.service.service import Options, Service
from earsight.vision.describer import LookRequest, build_describer
from earsight.vision.look_worker import LookWorker
from earsight.voice.voice import Voice
from tests.earsight.captioners import tiny_models
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.stand_ins import photo


def test_the_look_worker_describes_with_it(tmp_path):
    git = tiny_models.git(tmp_path / "git")
    section = HuggingFaceCaptionerSection(
        engine="huggingface", model=git, threads=1, beams=2, max_tokens=4, time_limit=20
    )
    camera = Camera(ReplaySource(photo(tmp_path, "blue")))
    worker = LookWorker(camera, lambda: build_describer(Config(captioner=section)))

    async def trial():
        await worker.ready()
        first = (await worker.look(60)).scene
        again = (await worker.look(60, LookRequest(worth_captions=lambda _: False))).scene
        return first, again

    camera.start()
    try:
        assert camera.wait_ready(10)
        first, again = asyncio.run(trial())
    finally:
        worker.close(10)
        camera.close()
    assert first.captions
    assert first.problem is None
    assert not again.captions


def test_the_service_speaks_what_it_says(tmp_path):
    florence2 = tiny_models.florence2(tmp_path / "florence2")
    config = tmp_path / "earsight.yaml"
    config.write_text(
        f"""
        camera: {{source: replay, replay: {photo(tmp_path)}, max_age: 10}}
        captioner: {{engine: huggingface, model: {florence2}, max_tokens: 4, time_limit: 20}}
        objects: {{enabled: false}}
        """,
        encoding="utf-8",
    )
    heard = []

    build = Builders(
        voice=lambda _section, _language: Voice(ToneSynthesizer(), FastPlayer()),
        on_sound=lambda *sound: heard.append(sound[1]),
    )

    async def trial() -> PressEnd:
        service = Service(load_config(config), Options(build=build))
        return await service.run_once()

    assert asyncio.run(trial()) is PressEnd.SPOKEN
    assert heard[-1].startswith("Not sure, maybe ")


def test_describe_tries_a_model(tmp_path, capsys, monkeypatch):
    folder, picture = tiny_models.git(tmp_path / "git"), photo(tmp_path)
    assert cli.main(["describe", "--json", "--evidence", "--model", str(folder), str(picture)]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["confidence"] == pytest.approx(0.3)
    evidence = row["captions"][0]["evidence"]
    assert evidence["lowest_log_prob"] <= evidence["mean_log_prob"] <= 0
    monkeypatch.chdir(folder.parent)  # a folder that is there comes before a name on the hub
    assert cli.main(["describe", "--model", folder.name, str(picture)]) == 0
    capsys.readouterr()
    assert cli.main(["describe", "--model", "not/there-at-all", str(picture)]) == 1
    assert "hf download not/there-at-all" in capsys.readouterr().err
