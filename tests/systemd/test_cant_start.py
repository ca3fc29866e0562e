"""script/cant-start: when it speaks, and where to. systemctl, espeak-ng and aplay are made-up programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.earsight.words import english

SCRIPT = Path(__file__).parents[2] / "script" / "cant-start"


class Board:
    """state: what systemctl shows of the service."""

    def __init__(self, folder: Path) -> None:
        self.state = {"ActiveState": "failed", "StatusText": "", "Result": "exit-code"}
        self.settings = folder / "earsight.yaml"
        self._folder = folder
        self._program("systemctl", f'cat "{folder}/${{3#--property=}}"')
        self._program("espeak-ng", 'echo "$4 ($2)" # -v VOICE --stdout TEXT')
        self._program(
            "aplay", f'[ ! -e "{folder}/no $3" ] && echo "$3: $(cat)" >>"{folder}/heard" # -q -D DEVICE'
        )

    def _program(self, name: str, text: str) -> None:
        path = self._folder / name
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)

    def without(self, device: str) -> None:
        (self._folder / f"no {device}").touch()

    def run(self) -> int:
        for name, value in self.state.items():
            (self._folder / name).write_text(f"{value}\n", encoding="utf-8")
        text = SCRIPT.read_text(encoding="utf-8").replace("/etc/earsight/earsight.yaml", str(self.settings))
        path = f"{self._folder}:/usr/bin:/bin"
        return subprocess.run(["bash", "-c", text], env={"PATH": path}, timeout=60, check=False).returncode

    def heard(self) -> list[str]:
        """The device and the words of each sentence."""
        file = self._folder / "heard"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


SENTENCE = "Earsight can't start. Switch the device off and on to try again. (en)"
INDONESIAN = "Earsight tidak bisa mulai. Matikan perangkat lalu nyalakan lagi untuk mencoba lagi. (id)"


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


@pytest.mark.parametrize("result", ["exit-code", "signal", "watchdog", "start-limit-hit", "resources"])
def test_a_service_that_never_came_to_words_is_spoken_for(board: Board, result: str) -> None:
    board.state["Result"] = result
    assert board.run() == 0
    assert board.heard() == [f"default: {SENTENCE}"]


def test_in_doubt_it_is_said(board: Board) -> None:
    board.state.clear()
    assert board.run() == 0
    assert board.heard() == [f"default: {SENTENCE}"]


@pytest.mark.parametrize("said", [english("start.wrong_settings"), english("start.crash_loop")])
def test_what_the_service_has_said_itself_is_not_said_again(board: Board, said: str) -> None:
    board.state["StatusText"] = f"{said} camera.fps: 0"
    assert board.run() == 0
    assert board.heard() == []


@pytest.mark.parametrize(("name", "value"), [("ActiveState", "active"), ("Result", "timeout")])
def test_a_service_that_runs_again_or_was_slow_to_stop_is_none_that_can_not_start(
    board: Board, name: str, value: str
) -> None:
    board.state[name] = value
    assert board.run() == 0
    assert board.heard() == []


@pytest.mark.parametrize("value", ["plughw:CARD=Earphones", '"plughw:CARD=Earphones"  # USB'])
def test_it_is_said_where_the_wearer_listens(board: Board, value: str) -> None:
    board.settings.write_text(
        f"camera:\n  device: 0\nvoice:\n  # the\n  rate: 200\n  device: {value}\nnarration:\n  every: 3\n"
    )
    assert board.run() == 0
    assert board.heard() == [f"plughw:CARD=Earphones: {SENTENCE}"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("language: id", INDONESIAN),
        ("language: 'id'  # Bahasa Indonesia", INDONESIAN),
        ("language: en", SENTENCE),
        ("language: tlh", SENTENCE),
        ("language:", SENTENCE),
        ("voice: {language: id}", SENTENCE),
        ("voice:\n  language: id", SENTENCE),
    ],
)
def test_it_is_said_in_the_language_of_the_settings(board: Board, line: str, said: str) -> None:
    board.settings.write_text(f"{line}\nnarration:\n  every: 3\n")
    assert board.run() == 0
    assert board.heard() == [f"default: {said}"]


def test_or_else_by_the_systems_own_choice(board: Board) -> None:
    board.settings.write_text("voice:\n  device: plughw:CARD=Gone\n")
    board.without("plughw:CARD=Gone")
    assert board.run() == 0
    assert board.heard() == [f"default: {SENTENCE}"]


def test_a_sentence_that_nobody_could_hear_is_a_failure_so_that_it_is_tried_again(board: Board) -> None:
    board.without("default")
    assert board.run() != 0
