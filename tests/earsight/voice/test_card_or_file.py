"""`voice.player: auto`, with an aplay that finds a card while there is a file of that name."""

from __future__ import annotations

import asyncio
import sys
import wave

import numpy as np
import pytest

from earsight.config.voice import AutoVoice
from earsight.voice.alsa import AlsaPlayer
from earsight.voice.card_or_file import CardOrFile
from earsight.voice.registry import build_player
from earsight.voice.sound import Sound, VoiceError

SOUND = Sound(np.full(2205, 9000, np.int16), 22050)

APLAY = """#!{python}
import pathlib, sys, time
card = pathlib.Path({card!r})
if not card.exists():
    sys.exit("aplay: main:831: audio open error: No such file or directory")
while block := sys.stdin.buffer.raw.read(882):
    try:
        with card.open("r+b") as heard:
            heard.seek(0, 2)
            heard.write(block)
    except FileNotFoundError:
        sys.exit("aplay: pcm_write:2127: write error: No such device")
    time.sleep(0.02)
"""


@pytest.fixture
def card(tmp_path, monkeypatch):
    card = tmp_path / "card"
    program = tmp_path / "aplay"
    program.write_text(APLAY.format(python=sys.executable, card=str(card)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return card


def recorded(path):
    with wave.open(str(path)) as file:
        return file.getnframes()


def test_a_card_that_comes_later_is_taken_up_with_the_next_sound(card, tmp_path):
    async def trial():
        player = CardOrFile("default", tmp_path / "said.wav")
        starts = []
        await player.play(SOUND, starts.append)
        assert recorded(tmp_path / "said.wav") == 2205
        card.touch()
        await player.play(SOUND, starts.append)
        await player.close()
        assert card.stat().st_size == 2 * 2205
        assert recorded(tmp_path / "said.wav") == 2205
        assert len(starts) == 2

    asyncio.run(trial())


def test_a_card_that_goes_is_an_error_and_no_reason_to_speak_where_nobody_hears_it(card, tmp_path):
    async def trial():
        player = CardOrFile("default", tmp_path / "said.wav")
        card.touch()
        await player.play(SOUND, lambda _: None)
        card.unlink()
        with pytest.raises(VoiceError, match="No such file"):
            await player.play(SOUND, lambda _: None)
        card.touch()
        await player.play(SOUND, lambda _: None)
        await player.close()
        assert not (tmp_path / "said.wav").exists()

    asyncio.run(trial())


def test_a_card_that_goes_in_mid_word_is_an_error_too(card, tmp_path):
    async def trial():
        player = CardOrFile("default", tmp_path / "said.wav")
        card.touch()
        with pytest.raises(VoiceError, match="No such device"):
            await player.play(Sound(np.zeros(22050, np.int16), 22050), lambda _: card.unlink())
        await player.close()
        assert not (tmp_path / "said.wav").exists()

    asyncio.run(trial())


def test_neither_a_card_nor_a_disk(card):
    async def trial():
        with pytest.raises(VoiceError, match="can't be written"):
            await CardOrFile("default", card.parent / "nowhere" / "said.wav").play(SOUND, lambda _: None)

    asyncio.run(trial())


def test_a_service_never_speaks_into_a_file_that_nobody_asked_for(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert isinstance(build_player(AutoVoice()), CardOrFile)
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    assert isinstance(build_player(AutoVoice()), AlsaPlayer)
