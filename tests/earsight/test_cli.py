"""The command line: exit statuses, and one line for each thing that is wrong."""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import uuid
import wave
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from earsight import cli
from earsight.captioners.bundle import bundle_folder
from earsight.commands import press as press_command
from earsight.wording import CANT_TELL
from tests.earsight.stand_ins import painted

ROOT = Path(__file__).parents[2]
SPEECH = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")

QUICK = """\
camera: {max_age: 10}
captioner: {max_tokens: 4, beams: 1, threads: 1}
# Never sure: what it says is short, whatever the model has learned.
wording: {plain_above: 1.0, probably_above: 1.0, maybe_above: 1.0}
voice: {engine: espeak, rate: 450}
"""


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """One photo of each kind, and what is none."""
    folder = tmp_path_factory.mktemp("photos")
    red = Image.fromarray(painted("red"))
    red.save(folder / "good.jpg")
    red.convert("L").save(folder / "grey.png")
    red.convert("CMYK").save(folder / "cmyk.jpg")
    red.convert("RGBA").save(folder / "transparent.png")
    Image.fromarray(np.full((40, 50), 40_000, np.uint16)).save(folder / "deep.png")
    sideways = Image.Exif()
    sideways[0x0112] = 6
    red.save(folder / "sideways.jpg", exif=sideways)
    red.resize((1, 1)).save(folder / "dot.png")
    (folder / "empty.jpg").touch()
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)))
    (folder / "truncated.png").write_bytes((folder / "grey.png").read_bytes()[:90])
    (folder / "text.jpg").write_text("This is not a photo.\n")
    (folder / "folder.jpg").mkdir()
    (folder / "large.png").write_bytes(png_header(10_000, 10_000))
    return folder


def png_header(width, height):
    """The beginning of a PNG that says it is this large: none of its pixels is needed to refuse it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(bytes(99)))


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.fixture
def quick(tmp_path):
    path = tmp_path / "quick.yaml"
    path.write_text(QUICK)
    return path


def one_line(text):
    """The only line of an error, without a traceback."""
    assert "Traceback" not in text
    lines = text.splitlines()
    assert len(lines) == 1, text
    return lines[0]


# describe

GOOD = ["good.jpg", "grey.png", "cmyk.jpg", "transparent.png", "deep.png", "sideways.jpg"]
BAD = {
    "dot.png": "too small",
    "empty.jpg": "empty",
    "broken.jpg": "broken",
    "truncated.png": "broken",
    "text.jpg": "not a photo",
    "folder.jpg": "folder",
    "large.png": "100 megapixels",
    "missing.jpg": "no file",
}


def test_describe_all_kinds_of_photos(photos, capsys):
    assert cli.main(["describe", *(str(photos / name) for name in GOOD)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    lines = printed.out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [str(photos / name) for name in GOOD]
    assert all(line.endswith(".") for line in lines)


def test_describe_says_what_is_wrong_with_each_and_describes_the_rest(photos, capsys):
    names = [*BAD, "good.jpg"]
    assert cli.main(["describe", *(str(photos / name) for name in names)]) == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 1
    problems = printed.err.splitlines()
    assert len(problems) == len(BAD)
    for (name, reason), problem in zip(BAD.items(), problems, strict=True):
        assert problem.startswith("earsight: ")
        assert name in problem
        assert reason in problem


def test_describe_a_100_megapixel_jpeg(tmp_path, capsys):
    path = tmp_path / "huge.jpg"
    Image.new("L", (10_000, 10_000), 90).save(path)
    assert cli.main(["describe", str(path)]) == 0
    assert capsys.readouterr().err == ""


def test_describe_as_json(photos, capsys):
    assert cli.main(["describe", "--json", str(photos / "good.jpg"), str(photos / "text.jpg")]) == 1
    printed = capsys.readouterr()
    row = json.loads(one_line(printed.out))
    assert list(row) == ["image", "caption", "confidence", "timings_ms"]
    assert row["image"] == str(photos / "good.jpg")
    assert isinstance(row["caption"], str)
    assert 0 <= row["confidence"] <= 1
    timings = row["timings_ms"]
    assert list(timings) == ["preprocess", "encode", "decode", "total"]
    assert all(value >= 0 for value in timings.values())
    parts = timings["preprocess"] + timings["encode"] + timings["decode"]
    assert timings["total"] == pytest.approx(parts, abs=0.1)
    assert "text.jpg" in one_line(printed.err)


def test_describe_evidence(photos, capsys):
    assert cli.main(["describe", "--json", "--evidence", str(photos / "good.jpg")]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["captions"][0]["caption"] == row["caption"]
    evidence = row["captions"][0]["evidence"]
    assert evidence["lowest_log_prob"] <= evidence["mean_log_prob"] <= 0
    assert 0 < evidence["agreement"] <= 1
    assert row["says"].endswith(".")
    assert row["abstains"] == (row["says"] == CANT_TELL)


def test_describe_in_the_careful_style(photos, capsys):
    assert cli.main(["describe", "--style", "hedged", str(photos / "good.jpg")]) == 0
    hedged = capsys.readouterr().out
    assert cli.main(["describe", "--style", "careful", str(photos / "good.jpg")]) == 0
    careful = capsys.readouterr().out
    assert len(careful.split()) <= len(hedged.split())
    assert careful.startswith(f"{photos / 'good.jpg'}: ")
    assert "maybe" not in careful


@SPEECH
def test_describe_into_a_wav_file(photos, tmp_path, capsys):
    said = tmp_path / "said.wav"
    assert cli.main(["describe", str(photos / "good.jpg"), "--wav", str(said)]) == 0
    assert capsys.readouterr().err == ""
    assert loudness(said) > 500


def loudness(path):
    with wave.open(str(path)) as recording:
        samples = np.frombuffer(recording.readframes(recording.getnframes()), np.int16)
    return np.abs(samples.astype(int)).max(initial=0)


def unwritable(kind, tmp_path):
    if kind == "full disk":
        (tmp_path / "full.wav").symlink_to("/dev/full")
        return tmp_path / "full.wav"
    if kind == "no folder":
        return tmp_path / "none" / "said.wav"
    if kind == "folder":
        return tmp_path
    if os.geteuid() == 0:
        return Path("/sys/said.wav")  # root may write to any other folder
    (tmp_path / "locked").mkdir(mode=0o500)
    return tmp_path / "locked" / "said.wav"


UNWRITABLE = ["full disk", "no folder", "folder", "read-only"]


@pytest.mark.parametrize("kind", UNWRITABLE)
def test_describe_into_what_can_not_be_written(photos, tmp_path, capsys, kind):
    path = unwritable(kind, tmp_path)
    assert cli.main(["describe", str(photos / "good.jpg"), "--wav", str(path)]) == 1
    message = one_line(capsys.readouterr().err)
    assert message.startswith("earsight: ")
    assert str(path) in message


@pytest.fixture
def damaged(tmp_path):
    folder = Path(shutil.copytree(bundle_folder("builtin"), tmp_path / "bundle"))
    graph = folder / "encoder.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"?")
    return folder


def test_a_damaged_bundle(photos, damaged, capsys):
    for words in (
        ["describe", "--bundle", str(damaged), str(photos / "good.jpg")],
        ["model", "verify", str(damaged)],
    ):
        assert cli.main(words) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert f"{damaged / 'encoder.onnx'}: damaged" in one_line(printed.err)


def test_a_bundle_with_a_wrong_hash(damaged, capsys):
    manifest = json.loads((damaged / "manifest.json").read_text())
    manifest["files"]["decoder.onnx"] = "0" * 64
    del manifest["files"]["encoder.onnx"]
    manifest["files"]["encoder.onnx"] = "0" * 64
    (damaged / "manifest.json").write_text(json.dumps(manifest))
    assert cli.main(["model", "verify", str(damaged)]) == 1
    assert "sha256" in one_line(capsys.readouterr().err)


# model, config, press


def test_model_info_and_verify(capsys):
    assert cli.main(["model", "info", "builtin"]) == 0
    assert "MB, licence: " in capsys.readouterr().out
    assert cli.main(["model", "verify", "builtin"]) == 0
    assert one_line(capsys.readouterr().out).endswith(": whole")


@pytest.mark.parametrize("action", ["info", "verify"])
def test_model_of_what_is_no_bundle(tmp_path, capsys, action):
    assert cli.main(["model", action, str(tmp_path)]) == 1
    assert "not a model bundle" in one_line(capsys.readouterr().err)


def test_model_info_with_a_card_that_is_no_text(damaged, capsys):
    (damaged / "MODEL_CARD.md").write_bytes(b"\xff\xfe a card\n")
    assert cli.main(["model", "info", str(damaged)]) == 0
    assert "a card" in capsys.readouterr().out


def test_config_check(quick, tmp_path, capsys):
    assert cli.main(["config", "check", str(quick)]) == 0
    assert one_line(capsys.readouterr().out) == f"{quick}: right"
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("camera: {source: periscope}\nvoice: {volume: 11}\nspeed: 3\n")
    assert cli.main(["config", "check", str(wrong)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.splitlines()
    assert len(lines) == 3
    assert "camera.source" in lines[0]
    assert "periscope" in lines[0]
    assert cli.main(["config", "check", str(tmp_path / "none.yaml")]) == 2
    assert "no such file" in one_line(capsys.readouterr().err)


def test_config_schema_is_json(capsys):
    assert cli.main(["config", "schema"]) == 0
    assert "camera" in json.loads(capsys.readouterr().out)["properties"]


def test_press_without_a_service(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(press_command, "INSTALLED", tmp_path / "installed.sock")
    assert cli.main(["press", "long"]) == 1
    assert "no service is running" in one_line(capsys.readouterr().err)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["describe"],
        ["describe", "--bundle", "builtin", "--model", "gpt2", "photo.jpg"],
        ["press", "twice"],
        ["press", "touch"],
        ["config"],
        ["model", "info"],
        ["run", "--replay"],
        ["run", "--bogus"],
    ],
)
def test_wrong_usage(words, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "usage: earsight" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [[], *([name] for name in cli.COMMANDS), ["config", "check"], ["model", "info"]]
)
def test_help_everywhere(words, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, "--help"])
    assert ended.value.code == 0
    assert "usage: earsight" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("earsight ")


# As a process of its own


def environment(tmp_path, **more):
    paths = os.pathsep.join(str(ROOT / name) for name in ("daemon", "training"))
    runtime = {"RUNTIME_DIRECTORY": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    return os.environ | {"PYTHONPATH": paths} | runtime | more


def earsight(*words, tmp_path, shell="", **settings):
    """Run to the end; shell: redirections that only a shell can make."""
    argv = [sys.executable, "-m", "earsight", *map(os.fsencode, words)]
    if shell:
        argv = ["/bin/sh", "-c", f'exec "$@" {shell}', "sh", *argv]
    settings = {
        "capture_output": True,
        "timeout": 120,
        "env": environment(tmp_path),
        "cwd": tmp_path,
    } | settings
    return subprocess.run(argv, stdin=subprocess.DEVNULL, check=False, **settings)


@pytest.mark.parametrize("words", [["config", "schema"], ["describe", "{photo}", "--json"]])
def test_standard_output_on_a_full_disk(photos, tmp_path, words):
    words = [word.format(photo=photos / "good.jpg") for word in words]
    ended = earsight(*words, tmp_path=tmp_path, shell=">/dev/full")
    assert ended.returncode == 1
    assert one_line(ended.stderr.decode()) == "earsight: standard output: No space left on device"


def test_standard_output_that_is_closed(tmp_path):
    ended = earsight("config", "schema", tmp_path=tmp_path, shell=">&-")
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_reader_that_goes_away(tmp_path):
    ended = earsight("config", "schema", tmp_path=tmp_path, shell="| true")
    assert ended.stderr == b""


def test_a_name_that_is_no_text(photos, tmp_path):
    name = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    shutil.copy(photos / "good.jpg", name)
    ended = earsight("describe", name, tmp_path=tmp_path, env=environment(tmp_path, LC_ALL="C.UTF-8"))
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert rb"caf\udce9.jpg: " in ended.stdout


@SPEECH
def test_run_once_says_what_is_on_a_photo(photos, quick, tmp_path):
    said = tmp_path / "said.wav"
    words = ["run", "--once", "--config", quick, "--replay", photos / "good.jpg", "--wav", said]
    ended = earsight(*words, tmp_path=tmp_path)
    assert ended.stderr == b""
    assert ended.returncode == 0
    assert b"answer: I can't tell what this is." in ended.stdout
    assert loudness(said) > 500


def test_run_with_a_path_that_is_missing(tmp_path, capsys):
    assert cli.main(["run", "--once", "--replay", str(tmp_path / "none.jpg")]) == 1
    message = one_line(capsys.readouterr().err)
    assert "--replay" in message
    assert "none.jpg" in message


@SPEECH
def test_run_once_without_a_picture_says_so_soon(photos, quick, tmp_path):
    said = tmp_path / "said.wav"
    words = ["run", "--once", "--config", quick, "--replay", photos / "text.jpg", "--wav", said]
    ended = earsight(*words, tmp_path=tmp_path)
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert b"text.jpg" in ended.stderr
    assert b"answer: I can't see: the camera does not work." in ended.stdout
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


# The service

SOON = 10.0
"""Seconds for what takes a few tenths, on a machine that may be busy with other things."""


class ServiceProcess:
    """`earsight run` as a child, on a photo, into a WAV file."""

    def __init__(self, folder, photo):
        self.folder = folder
        self.config = folder / "quick.yaml"
        self.config.write_text(QUICK)
        self.mark = uuid.uuid4().hex
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        argv = [sys.executable, "-m", "earsight", "run", "--config", str(self.config)]
        argv += ["--replay", str(photo), "--wav", str(folder / "said.wav")]
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                env=environment(folder, EARSIGHT_TEST=self.mark),
                cwd=folder,
            )

    def told(self, text, since=0):
        return text in self.out.read_text()[since:]

    def complained(self, text):
        return text in self.err.read_text()

    def wait_for(self, condition, limit=60.0):
        deadline = time.monotonic() + limit
        while not condition():
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < deadline, self.out.read_text() + self.err.read_text()
            time.sleep(0.02)

    def ready(self):
        self.wait_for(lambda: self.told("ready."))
        self.wait_for((self.folder / "control.sock").exists)
        return self

    def press(self, gesture="short"):
        return earsight("press", gesture, tmp_path=self.folder)

    def end(self, send=None):
        """Ask it to end; the seconds that it took."""
        began = time.monotonic()
        if send is not None:
            self.process.send_signal(send)
        self.process.wait(60)
        return time.monotonic() - began

    def left_behind(self):
        """Living processes that were started by it."""
        found = []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            try:
                state = (environ.parent / "stat").read_text().rpartition(")")[2].split()[0]
                if self.mark.encode() in environ.read_bytes() and state != "Z":
                    found.append((environ.parent / "cmdline").read_text())
            except OSError:
                continue  # it has ended, or is another user's
        return found

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()


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


def test_only_the_owner_can_press(shared):
    assert (shared.folder / "control.sock").stat().st_mode & 0o777 == 0o600


def test_a_bad_new_config_is_refused_and_a_good_one_taken(shared):
    before = len(shared.out.read_text())
    shared.config.write_text("camera: {source: periscope}\n")
    shared.process.send_signal(signal.SIGHUP)
    shared.wait_for(lambda: shared.complained("camera.source"))
    assert shared.complained("the new settings are not taken")
    shared.wait_for(
        lambda: shared.told("notice: The new settings have a mistake. The old ones stay.", before)
    )
    assert shared.press("double").returncode == 0

    before = len(shared.out.read_text())
    shared.config.write_text(QUICK + "narration: {novelty: 0.5}\n")
    shared.process.send_signal(signal.SIGHUP)
    shared.wait_for(lambda: shared.told("new settings: narration", before))
    shared.wait_for(lambda: shared.told("notice: New settings.", before))
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


def test_describe_says_of_a_dark_photo_what_the_service_says(tmp_path, capsys):
    photo = tmp_path / "dark.png"
    Image.fromarray(np.full((120, 160, 3), 5, np.uint8)).save(photo)
    assert cli.main(["describe", str(photo)]) == 0
    assert capsys.readouterr().out == f"{photo}: The picture is too dark.\n"
