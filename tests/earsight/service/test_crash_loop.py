"""A service that crashes as it starts gives up, aloud."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import pytest

from earsight import cli
from earsight.commands.run import GAVE_UP
from earsight.message import message
from earsight.service import startup_failure
from earsight.service.crash_loop import MAX_FAILED_STARTS, CrashLoop, crash_loop_file
from earsight.system import time_limits
from tests.earsight.init_system import InitSystem
from tests.earsight.stand_ins import photo
from tests.earsight.words import english

SPEECH = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


@pytest.fixture
def manager(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    manager = InitSystem(tmp_path, monkeypatch)
    yield manager
    manager.close()


def test_starts_that_do_not_last_are_counted_until_one_lasts(tmp_path):
    path = tmp_path / "starts"
    assert [CrashLoop(path).record_start() for _ in range(3)] == [0, 1, 2]
    CrashLoop(path).record_failure("the speech\nengine hangs")
    assert CrashLoop(path).last_failure == "the speech engine hangs"
    assert CrashLoop(path).record_start() == 3
    CrashLoop(path).clear()
    assert CrashLoop(path).last_failure is None
    assert CrashLoop(path).record_start() == 0


def test_without_a_service_manager_nothing_is_counted(monkeypatch):
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    crash_loop = CrashLoop(crash_loop_file())
    assert [crash_loop.record_start(), crash_loop.record_start()] == [0, 0]
    crash_loop.record_failure("nothing")
    crash_loop.clear()
    assert crash_loop.last_failure is None


def test_where_nothing_can_be_written_it_starts_all_the_same():
    crash_loop = CrashLoop(Path("/proc/earsight/starts"))  # not even root may
    assert [crash_loop.record_start(), crash_loop.record_start()] == [0, 0]
    crash_loop.clear()


def test_what_is_no_text_is_counted_as_far_as_it_can_be(tmp_path):
    path = tmp_path / "starts"
    path.write_bytes(b"start\n\xff\xfe\0\nstart\n")
    assert CrashLoop(path).record_start() == 2


def _begin_for_ever(path):
    while True:
        CrashLoop(path).record_start()


def test_a_start_that_is_killed_at_any_moment_leaves_whole_lines(tmp_path):
    path = tmp_path / "starts"
    for _ in range(20):
        child = multiprocessing.get_context("fork").Process(target=_begin_for_ever, args=(path,))
        child.start()
        time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    assert set(path.read_bytes().split(b"\n")) <= {b"start", b""}


def test_the_unit_heeds_both_exit_statuses_and_keeps_the_count():
    unit = (
        (Path(__file__).parents[3] / "systemd" / "earsight.service").read_text(encoding="utf-8").splitlines()
    )
    assert f"RestartPreventExitStatus={cli.WRONG_USAGE} {GAVE_UP}" in unit
    assert "RuntimeDirectoryPreserve=restart" in unit
    (burst,) = (line.partition("=")[2] for line in unit if line.startswith("StartLimitBurst="))
    assert int(burst) > MAX_FAILED_STARTS, "it would be stopped before it can say why"


def said(path):
    """Seconds of speech in a recording."""
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


@SPEECH
def test_a_crash_loop_ends_with_spoken_words_and_a_status(tmp_path, manager):
    config = tmp_path / "earsight.yaml"
    config.write_text("voice: {player: wav, wav_file: said.wav, rate: 450}\n")
    for _ in range(MAX_FAILED_STARTS):
        CrashLoop(crash_loop_file()).record_start()
    CrashLoop(crash_loop_file()).record_failure("the speech engine hangs")
    assert cli.main(["run", "--config", str(config)]) == GAVE_UP
    assert manager.status == f"{english('start.crash_loop')} the speech engine hangs"
    assert said(tmp_path / "said.wav") > 0.5
    assert CrashLoop(crash_loop_file()).record_start() == 0  # a start by hand gets its own five attempts


@SPEECH
def test_a_wrong_configuration_is_said_by_the_voice_that_it_names(tmp_path, manager, capsys):
    config = tmp_path / "earsight.yaml"
    config.write_text("camera: {fps: 0}\nvoice: {player: wav, wav_file: said.wav, rate: 450}\n")
    assert cli.main(["run", "--config", str(config)]) == cli.WRONG_USAGE
    assert manager.status.startswith(english("start.wrong_settings"))
    assert "camera.fps" in manager.status
    assert said(tmp_path / "said.wav") > 0.5
    assert "camera.fps" in capsys.readouterr().err


@SPEECH
def test_a_configuration_that_is_gone_is_said_by_whatever_voice_there_is(tmp_path, manager, monkeypatch):
    card = tmp_path / "aplay"
    card.write_text(f"#!/bin/sh\ncat >> '{tmp_path}/heard'\n")
    card.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert cli.main(["run", "--config", str(tmp_path / "none.yaml")]) == cli.WRONG_USAGE
    assert manager.status.startswith(english("start.wrong_settings"))
    assert (tmp_path / "heard").stat().st_size > 20_000


@SPEECH
def test_the_last_words_wait_for_earphones_that_are_plugged_in_late(tmp_path, manager, monkeypatch):
    """The card is there at the tenth time, which is later than one voice may take."""
    monkeypatch.setattr(time_limits, "FAILURE_PAUSE", 0.05)
    card = tmp_path / "aplay"
    card.write_text(
        f"#!/bin/sh\necho >> '{tmp_path}/tries'\n"
        f"[ $(wc -l < '{tmp_path}/tries') -ge 10 ] || exit 1\ncat >> '{tmp_path}/heard'\n"
    )
    card.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(time_limits, "FAILURE_VOICE", 3.0)
    startup_failure.say_until_heard(english("start.wrong_settings"), "en", None)
    assert (tmp_path / "heard").stat().st_size > 20_000
    extended = [line for line in manager.messages if line.startswith("EXTEND_TIMEOUT_USEC=")]
    assert len(extended) > 1
    assert all(int(line.partition("=")[2]) > 2e6 for line in extended)


def test_the_last_words_come_to_an_end_though_nobody_hears_them(tmp_path, manager, monkeypatch, caplog):
    monkeypatch.setattr(time_limits, "FAILURE_PAUSE", 0.3)  # the manager's socket holds ten messages
    monkeypatch.setenv("PATH", str(tmp_path))  # neither engine nor card
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))  # nor a configured voice
    monkeypatch.setattr(time_limits, "FAILURE_PATIENCE", 1.0)
    startup_failure.say_until_heard("I can't start.", "en", None)
    assert len([line for line in manager.messages if line.startswith("EXTEND")]) > 1
    assert len(caplog.records) == 2, "a reason is enough once"


@pytest.fixture
def card(tmp_path, monkeypatch):
    """What is played to the default sound device."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "aplay"
    program.write_text(f"#!/bin/sh\n[ \"$*\" = -q ] && cat >> '{tmp_path}/heard'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return tmp_path / "heard"


@SPEECH
@pytest.mark.parametrize("library", ["numpy", "onnxruntime", "pydantic", "yaml"])
def test_whatever_crashes_in_the_configured_voice_it_is_said(tmp_path, manager, monkeypatch, card, library):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / f"{library}.py").write_text("import os\nos.abort()\n")
    monkeypatch.setenv("PYTHONPATH", f"{broken}:{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setenv("PYTHONFAULTHANDLER", "")
    config = tmp_path / "earsight.yaml"
    config.write_text("voice: {player: wav, wav_file: said.wav, rate: 450}\n")
    startup_failure.report(message("start.crash_loop"), "numpy crashes", "en", config)
    assert manager.status == f"{english('start.crash_loop')} numpy crashes"
    if library == "onnxruntime":  # the voice needs none
        assert said(tmp_path / "said.wav") > 0.5
    else:
        assert card.stat().st_size > 20_000


@SPEECH
def test_a_voice_that_hangs_is_given_up(tmp_path, monkeypatch, card, caplog):
    monkeypatch.setattr(time_limits, "FAILURE_VOICE", 3.0)
    real = shutil.which("espeak-ng")
    program = card.parent / "bin" / "espeak-ng"
    program.write_text(f'#!/bin/sh\n[ -e {tmp_path}/once ] && exec {real} "$@"\ntouch once\nsleep 60\n')
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    startup_failure.say_until_heard("I can't start.", "en", None)
    assert "did not finish within 3 s" in caplog.text
    assert card.stat().st_size > 20_000


@SPEECH
def test_it_is_said_in_the_language_of_the_settings(tmp_path, manager, card):
    spoken = card.parent / "bin" / "espeak-ng"
    spoken.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/called\nexec /usr/bin/espeak-ng "$@"\n')
    spoken.chmod(0o755)
    config = tmp_path / "earsight.yaml"
    config.write_text("language: id\ncamera: {fps: 0}\n")
    assert cli.main(["run", "--config", str(config)]) == cli.WRONG_USAGE
    assert manager.status.startswith(english("start.wrong_settings"))
    assert "-v id " in (tmp_path / "called").read_text()


def test_what_speaks_for_a_broken_service_needs_little_more_than_the_standard_library():
    def modules(what):
        code = f"import sys\n{what}\nprint(*sys.modules)"
        argv = [sys.executable, "-c", code]
        return set(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split())

    loaded, bare = modules("import earsight.service.startup_failure"), modules("")
    ours = {name for name in loaded if name.startswith("earsight")}
    assert ours == {
        "earsight",
        "earsight.language",
        "earsight.language.catalogue",
        "earsight.message",
        "earsight.service",
        "earsight.service.startup_failure",
        "earsight.system",
        "earsight.system.systemd",
        "earsight.system.time_limits",
    }
    assert {name.partition(".")[0] for name in loaded - bare} - sys.stdlib_module_names == {"earsight"}


@SPEECH
def test_a_service_that_crashes_in_native_code_says_so_after_the_fifth_time(tmp_path, manager):
    """With a service manager's rules: again after a failure, but not after these two exit statuses."""
    for _ in range(MAX_FAILED_STARTS - 2):
        CrashLoop(crash_loop_file()).record_start()
    config = tmp_path / "earsight.yaml"
    config.write_text(
        "triggers: {keyboard: false, control_socket: c.sock}\n"
        "voice: {player: wav, wav_file: said.wav, rate: 450}\n"
    )
    broken = tmp_path / "broken" / "onnxruntime"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("import os\nos.abort()\n")
    daemon = Path(__file__).parents[3] / "daemon"
    statuses = []
    while not statuses or statuses[-1] not in (0, cli.WRONG_USAGE, GAVE_UP):
        assert len(statuses) < 2 * MAX_FAILED_STARTS, statuses
        ended = subprocess.run(
            [
                sys.executable,
                "-m",
                "earsight",
                "run",
                "--config",
                str(config),
                "--replay",
                str(photo(tmp_path)),
            ],
            env={"PYTHONPATH": f"{broken.parent}:{daemon}", "PATH": "/usr/bin:/bin", **manager.variables},
            cwd=tmp_path,
            capture_output=True,
            timeout=60,
            check=False,
        )
        statuses.append(ended.returncode)
    assert statuses == [-signal.SIGABRT] * 2 + [GAVE_UP]
    assert b"Fatal Python error: Aborted" not in ended.stderr
    assert manager.status.startswith(english("start.crash_loop"))
    assert said(tmp_path / "said.wav") > 1
