"""What the wearer has to know is said until it was heard, or is over."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from itertools import repeat

from earsight.interaction import notices as notices_module
from earsight.interaction.notices import Notices
from earsight.message import message
from earsight.system import time_limits
from earsight.voice.earcons import Earcon
from earsight.voice.speaker import Speaker
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.interaction.notice_words import BROKEN, MENDED, Verbatim, tried
from tests.earsight.stand_ins import until


class Stage:
    def __init__(self, player, synthesizer):
        self.player = player
        self.heard = []
        self.notices = Notices()
        self.synthesizer = synthesizer
        self.speaker = self.voice()

    def voice(self):
        return Speaker(
            Voice(self.synthesizer, self.player, replay_for=0.0),
            on_sound=lambda _kind, text, _at: text and self.heard.append(text),
        )

    async def plug_in(self):
        self.player.mend()
        await self.speaker.earcon(Earcon.READY)


@asynccontextmanager
async def notified(player=None, synthesizer=None):
    on = Stage(player or FastPlayer(), synthesizer or ToneSynthesizer())
    saying = asyncio.create_task(on.notices.say(on.speaker, lambda: Verbatim()))
    try:
        yield on
        assert not saying.done()
    finally:
        saying.cancel()
        await asyncio.wait([saying])
        await on.speaker.close()


def test_a_trouble_is_told_once_and_so_is_its_end():
    async def trial():
        async with notified() as on:
            for _ in range(3):
                on.notices.trouble("it", message(BROKEN), over=message(MENDED))
                await asyncio.sleep(0.1)
            for _ in range(3):
                on.notices.trouble("it", None)
                await asyncio.sleep(0.1)
            assert on.heard == [BROKEN, MENDED]
            on.notices.trouble("it", message(BROKEN))
            await until(lambda: on.heard == [BROKEN, MENDED, BROKEN])

    tried(trial)


def test_what_never_was_in_trouble_has_no_end():
    async def trial():
        async with notified() as on:
            on.notices.trouble("it", None, over=message(MENDED))
            on.notices.news("other", message("News."))
            await until(lambda: on.heard == ["News."])

    tried(trial)


def test_a_trouble_without_words_for_its_end_is_told_each_time():
    async def trial():
        async with notified() as on:
            for times in (1, 2):
                on.notices.trouble("board", message("Hot."))
                await until(lambda times=times: len(on.heard) == times)
                await asyncio.sleep(0.05)
                on.notices.trouble("board", None)
            assert on.heard == ["Hot.", "Hot."]

    tried(trial)


def test_a_trouble_that_ends_while_it_is_told_is_told_the_next_time():
    async def trial():
        async with notified(FastPlayer(speed=2)) as on:
            on.notices.trouble("board", message("Hot."))
            await until(lambda: on.heard == ["Hot."])
            on.notices.trouble("board", None)
            await until(lambda: on.speaker.idle)
            await asyncio.sleep(0.05)
            on.notices.trouble("board", message("Hot."))
            await until(lambda: on.heard == ["Hot.", "Hot."])

    tried(trial)


def test_what_nobody_could_hear_waits_for_sound(caplog):
    async def trial():
        async with notified(FastPlayer(repeat(Fault.FAILS))) as on:
            on.notices.trouble("it", message(BROKEN))
            on.notices.trouble("other", message("Hot."))
            await until(lambda: on.speaker.silent is not None)
            calls = on.player.calls
            await asyncio.sleep(0.5)
            assert on.player.calls == calls, "it talks to nobody"
            await on.plug_in()
            await until(lambda: on.heard == [BROKEN, "Hot."])

    caplog.set_level(logging.INFO, notices_module.__name__)
    tried(trial)
    assert caplog.messages.count(f"notice: {BROKEN}") == 1


def test_what_is_over_before_it_was_heard_is_not_said():
    async def trial():
        async with notified(FastPlayer(repeat(Fault.FAILS))) as on:
            on.notices.trouble("it", message(BROKEN), over=message(MENDED))
            on.notices.trouble("other", message("Hot."))
            await until(lambda: on.speaker.silent is not None)
            on.notices.trouble("it", None)
            await on.plug_in()
            await until(lambda: on.heard == ["Hot."])
            await asyncio.sleep(0.3)
            assert on.heard == ["Hot."]

    tried(trial)


def test_a_voice_that_fails_while_sound_works_is_tried_again(monkeypatch):
    monkeypatch.setattr(time_limits, "NOTICE_RETRY", 0.05)

    async def trial():
        async with notified(synthesizer=ToneSynthesizer([Fault.FAILS] * 5)) as on:
            on.notices.trouble("it", message(BROKEN))
            await until(lambda: on.heard == [BROKEN])

    tried(trial)


def test_a_notice_that_is_cut_off_is_said_once_more():
    async def trial():
        async with notified(FastPlayer(speed=0.2)) as on:
            on.notices.trouble("it", message(BROKEN))
            for times in (1, 2):
                await until(lambda times=times: len(on.heard) == times)
                await asyncio.sleep(0.1)
                on.speaker.silence()
            await asyncio.sleep(0.5)
            assert on.heard == [BROKEN, BROKEN]

    tried(trial)


def test_of_a_notice_that_is_cut_off_the_end_is_known_too():
    async def trial():
        async with notified(FastPlayer(speed=0.2)) as on:
            on.notices.trouble("it", message(BROKEN), over=message(MENDED))
            await until(lambda: on.heard == [BROKEN])
            await asyncio.sleep(0.1)
            on.notices.trouble("it", None)
            on.speaker.silence()
            await until(lambda: on.heard == [BROKEN, MENDED])

    tried(trial)


def test_a_press_while_the_plug_is_out_is_no_ear():
    """The voice waits for the plug, and nothing of the notice has sounded when the press takes its turn."""

    async def trial():
        async with notified(FastPlayer([Fault.HANGS])) as on:
            on.notices.trouble("it", message(BROKEN))
            await until(lambda: on.player.calls == 1)
            on.speaker.silence()
            await until(lambda: on.heard == [BROKEN])

    tried(trial)


def test_newer_news_replaces_older_and_is_told_however_often_it_is_the_same():
    async def trial():
        async with notified() as on:
            on.notices.news("settings", message("Refused."))
            on.notices.news("settings", message("Taken."))
            await until(lambda: on.heard == ["Taken."])
            await asyncio.sleep(0.1)
            on.notices.news("settings", message("Taken."))
            await until(lambda: on.heard == ["Taken.", "Taken."])

    tried(trial)


def test_news_come_before_troubles_and_the_oldest_trouble_first():
    async def trial():
        async with notified(FastPlayer(speed=10)) as on:
            on.notices.trouble("camera", message("Camera."))
            on.notices.trouble("board", message("Board."))
            on.notices.trouble("camera", message("Black."))  # still the older one of the two
            on.notices.news("settings", message("Settings."))
            on.notices.news("sound", message("Sound."))
            await until(lambda: len(on.heard) == 4)
            assert on.heard == ["Sound.", "Settings.", "Black.", "Board."]

    tried(trial)


def test_what_is_wrong_now_is_known_whether_it_was_heard_or_not():
    notices = Notices()
    assert notices.current_troubles == []
    notices.trouble("camera", message(BROKEN), over=message(MENDED))
    notices.trouble("board", message("Hot."))
    notices.news("settings", message("Taken."))
    assert notices.current_troubles == [message(BROKEN), message("Hot.")]
    notices.trouble("camera", None)
    assert notices.current_troubles == [message("Hot.")]
