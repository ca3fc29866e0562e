"""`earsight run`, once and as a service."""

import signal
import wave
from pathlib import Path

import pytest

from earsight import cli
from earsight.language.language import CANT_TELL
from earsight.language.languages import load_language
from tests.earsight.commands.process import (
    QUICK,
    SOON,
    SPEECH,
    UNWRITABLE,
    ServiceProcess,
    earsight,
    loudness,
    one_line,
    unwritable,
)


@SPEECH
@pytest.mark.parametrize("language", [None, "id"])
def test_run_once_says_what_is_on_a_photo(photos, quick, tmp_path, language):
    said = tmp_path / "said.wav"
    words = ["run", "--once", "--config", quick, "--replay", photos / "good.jpg", "--wav", said]
    ended = earsight(*words, *(["--language", language] if language else []), tmp_path=tmp_path)
    assert ended.stderr == b""
    assert ended.returncode == 0
    text = load_language(language or "en").text(CANT_TELL)
    assert f"answer: {text}" in ended.stdout.decode()
    assert loudness(said) > 500


@SPEECH
@pytest.mark.parametrize(
    "settings",
    [
        "voice: {player: alsa, device: nosuchcard}",
        "voice: {player: alsa, device: nosuchcard}\ncamera: {source: opencv, device: 63}",
        "voice: {player: wav, wav_file: said.wav}\ncamera: {source: opencv, device: 63}",
        "voice: {player: wav, wav_file: said.wav}\ncaptioner: {bundle: gone}\n"
        "camera: {source: replay, replay: PHOTO}",
    ],
)
def test_no_error_comes_twice(photos, tmp_path, settings):
    config = tmp_path / "faulty.yaml"
    config.write_text(settings.replace("PHOTO", str(photos / "good.jpg")))
    ended = earsight("run", "--once", "--config", config, tmp_path=tmp_path)
    lines = ended.stderr.decode().splitlines()
    assert lines
    assert len(set(lines)) == len(lines)


def test_run_with_a_path_that_is_missing(tmp_path, capsys):
    assert cli.main(["run", "--once", "--replay", str(tmp_path / "none.jpg")]) == 1
    message = one_line(capsys.readouterr().err)
    assert "--replay" in message
    assert "none.jpg" in message


@pytest.mark.parametrize("option", ["--config", "--replay", "--wav"])
def test_run_with_an_empty_path(option, capsys):
    """As an unset variable of a shell script leaves it: it would be the current folder."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--once", option, ""])
    assert ended.value.code == 2
    assert f"argument {option}: the path is empty" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--wav", "--config"])
def test_a_dash_is_no_file(option, capsys):
    with pytest.raises(SystemExit):
        cli.main(["run", option, "-"])
    assert f"argument {option}: a file is needed, not a stream" in capsys.readouterr().err


@SPEECH
def test_run_once_without_a_picture_says_so_soon(photos, quick, tmp_path):
    said = tmp_path / "said.wav"
    words = ["run", "--once", "--config", quick, "--replay", photos / "text.jpg", "--wav", said]
    ended = earsight(*words, tmp_path=tmp_path)
    assert ended.returncode == 1
    message = one_line(ended.stderr.decode())  # once, although both the camera and the press have failed
    assert message.startswith("No photo can be shown: ")
    assert "text.jpg" in message
    assert b"answer: I can't see: the camera isn't working." in ended.stdout
    assert loudness(said) > 500


@pytest.mark.parametrize("kind", UNWRITABLE)
def test_run_into_what_can_not_be_written(photos, tmp_path, capsys, kind):
    path = unwritable(kind, tmp_path)
    words = ["run", "--once", "--replay", str(photos / "good.jpg"), "--wav", str(path)]
    assert cli.main(words) == 1
    assert str(path) in one_line(capsys.readouterr().err)


def test_run_with_an_unknown_camera(tmp_path, capsys):
    path = tmp_path / "periscope.yaml"
    path.write_text("camera: {source: periscope}\n")
    assert cli.main(["run", "--config", str(path)]) == 2
    assert "camera.source" in one_line(capsys.readouterr().err)


@pytest.fixture
def service(tmp_path, photos):
    running = ServiceProcess(tmp_path, photos / "good.jpg")
    yield running
    running.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory, photos):
    """One service for the tests that leave it running."""
    running = ServiceProcess(tmp_path_factory.mktemp("service"), photos / "good.jpg")
    yield running.ready()
    running.close()


@SPEECH
def test_a_press_makes_the_service_speak(shared):
    before = len(shared.out.read_text())
    ended = shared.press()
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    shared.wait_for(lambda: shared.told("answer: I can't tell what this is.", since=before))
    shared.wait_for(lambda: loudness(shared.folder / "said.wav") > 500)


@SPEECH
def test_actions_and_the_menu_from_another_program(shared):
    def answered(command, word):
        before = len(shared.out.read_text())
        assert command(word).returncode == 0
        shared.wait_for(lambda: shared.told("answer: ", since=before))
        return shared.out.read_text()[before:].partition("answer: ")[2].splitlines()[0]

    assert answered(shared.do, "help").startswith("Short press: Describe.")
    assert answered(shared.press, "very_long") == "Menu. Read."
    assert answered(shared.press, "short") == "Find something."
    assert answered(shared.press, "very_long") == "Menu closed."
    assert answered(shared.do, "switch_off") == "I can't switch the device off."


def test_only_the_owner_can_press(shared):
    assert (shared.folder / "control.sock").stat().st_mode & 0o777 == 0o600


def test_a_bad_new_config_is_refused_and_a_good_one_taken(shared):
    before = len(shared.out.read_text())
    shared.config.write_text("camera: {source: periscope}\n")
    shared.process.send_signal(signal.SIGHUP)
    shared.wait_for(lambda: shared.complained("camera.source"))
    assert shared.complained("the new settings were refused")
    shared.wait_for(
        lambda: shared.told(
            "notice: There's a mistake in the new settings, so I'm keeping the old ones.", before
        )
    )
    assert shared.press("double").returncode == 0

    before = len(shared.out.read_text())
    shared.config.write_text(QUICK + "narration: {novelty: 0.5}\n")
    shared.process.send_signal(signal.SIGHUP)
    shared.wait_for(lambda: shared.told("new settings: narration", before))
    shared.wait_for(lambda: shared.told("notice: I'm using the new settings.", before))
    assert shared.press("double").returncode == 0
    assert not shared.complained("Traceback")


@SPEECH
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_while_it_speaks(service, number):
    service.ready()
    assert service.press().returncode == 0
    service.wait_for(lambda: service.told("answer: "))
    assert service.end(number) < SOON
    assert service.process.returncode == 0
    assert service.err.read_text() == ""
    assert service.left_behind() == []
    assert not (service.folder / "control.sock").exists()
    with wave.open(str(service.folder / "said.wav")) as recording:
        assert recording.getnframes() > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_while_the_model_loads(service, number):
    service.wait_for((service.folder / "control.sock").exists)
    assert service.end(number) < SOON
    assert service.process.returncode == 0
    assert service.err.read_text() == ""


def test_q_ends_it(service):
    service.ready()
    service.process.stdin.write(b"q\n")
    service.process.stdin.flush()
    assert service.end() < SOON
    assert service.process.returncode == 0
    assert service.err.read_text() == ""


@SPEECH
def test_a_reload_that_is_asked_for_while_it_starts_does_not_end_it(service):
    service.wait_for(lambda: _heeds(service.process.pid, signal.SIGHUP))
    service.process.send_signal(signal.SIGHUP)
    service.ready()
    assert service.end(signal.SIGTERM) < SOON
    assert service.process.returncode == 0, service.err.read_text()


def _heeds(pid, number):
    """Whether a process blocks a signal, or has a handler for it."""
    fields = dict(line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return any(int(fields[key].strip(), 16) >> (number - 1) & 1 for key in ("SigBlk", "SigCgt"))


@SPEECH
def test_settings_that_a_power_failure_has_taken_are_told_of_and_the_last_good_ones_serve(tmp_path, photos):
    state = {"STATE_DIRECTORY": str(tmp_path / "state")}
    first = ServiceProcess(tmp_path, photos / "good.jpg", **state)
    try:
        first.ready()
        first.wait_for((tmp_path / "state" / "last-good-settings.yaml").exists)
        first.end(signal.SIGTERM)
        first.config.write_bytes(bytes(512))
        again = ServiceProcess(tmp_path, photos / "good.jpg", first.config.read_bytes(), **state)
    finally:
        first.close()
    try:
        again.ready()
        again.wait_for(lambda: again.told("The settings are gone"))
        assert again.complained("NUL bytes")
        assert again.complained("the last good settings are in use")
        assert again.press().returncode == 0
        again.wait_for(lambda: again.told("answer: I can't tell what this is."))  # by the quick settings
    finally:
        again.close()


def test_settings_that_are_gone_without_a_copy_are_an_error(tmp_path, capsys):
    path = tmp_path / "empty.yaml"
    path.touch()
    assert cli.main(["run", "--config", str(path)]) == 2
    assert one_line(capsys.readouterr().err) == (
        f"{path}: the file is empty, as after a power failure; write the settings again"
    )
