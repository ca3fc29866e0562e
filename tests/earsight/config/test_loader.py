import os
from pathlib import Path

import pytest

from earsight.actions import ACTIONS
from earsight.config.loader import MAX_BYTES, ConfigError, load_config
from earsight.config.schema import Config


@pytest.fixture
def file(tmp_path):
    return tmp_path / "my.yaml"


def problems(file, text):
    """What is wrong with a file of this text, without the file's name."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert str(caught.value) == "\n".join(caught.value.problems)
    assert all(problem.startswith(f"{file}:") for problem in caught.value.problems)
    return [problem.removeprefix(f"{file}:") for problem in caught.value.problems]


@pytest.mark.parametrize(
    "text", ["# nothing\n", "---\n", "camera:\nvoice:\n", "\ufeffcamera: {}", "camera: {source: auto}"]
)
def test_what_is_left_out_has_its_default(file, text):
    file.write_text(text, encoding="utf-8")
    assert load_config(file) == load_config(None) == Config()


def test_values_and_anchors(file):
    file.write_text("voice: {rate: 200, volume: 1}\nwording:\n  plain_above: &p 0.7\n  probably_above: *p\n")
    config = load_config(file)
    assert (config.voice.rate, config.voice.volume) == (200, 1.0)
    assert config.wording.probably_above == 0.7


def test_paths_start_at_the_file_s_folder(file, monkeypatch):
    monkeypatch.setenv("HOME", "/home/wearer")
    file.write_text(
        "camera: {replay: photos}\ncaptioner: {bundle: ../other}\n"
        "voice: {wav_file: ~/out.wav, piper_model: /v.onnx}"
        "\ntriggers: {control_socket: s}"
    )
    monkeypatch.chdir(file.parent)
    for config in (load_config(file), load_config(Path(file.name))):
        assert config.camera.replay == file.parent / "photos"
        assert config.captioner.bundle == file.parent / "../other"
        assert config.voice.wav_file == Path("/home/wearer/out.wav")
        assert config.voice.piper_model == Path("/v.onnx")
        assert config.triggers.control_socket == file.parent / "s"


@pytest.mark.parametrize("name", ["microsoft/git-base-coco", "gpt2", "a.b_c-d/e.f"])
def test_a_model_is_named_as_on_the_hub(file, name):
    file.write_text(f"captioner: {{engine: huggingface, model: {name}}}")
    assert load_config(file).captioner.model == name


@pytest.mark.parametrize(
    ("text", "folder"),
    [("./blip", "blip"), ("../blip", "../blip"), ("/m/blip", "/m/blip"), ("~/blip", "/home/wearer/blip")],
)
def test_the_folder_of_a_model_is_told_from_a_name_by_how_it_begins(file, monkeypatch, text, folder):
    monkeypatch.setenv("HOME", "/home/wearer")
    file.write_text(f"captioner: {{engine: huggingface, model: {text}}}")
    assert load_config(file).captioner.model == file.parent / folder


def test_engine_and_model_belong_together(file):
    (problem,) = problems(file, "captioner:\n  engine: huggingface\n")
    assert problem.startswith("1: captioner.model: missing; expected text such as Salesforce/")
    assert problem.endswith(", or a path")
    (problem,) = problems(file, "captioner:\n  model: gpt2\n")
    assert "captioner.engine: " in problem
    assert problem.endswith("expected huggingface, since model is set")


def test_everything_wrong_is_told_at_once_in_order(file):
    text = """\
camera:
  source: opencvv
  heigth: 3
  device: nope
voice:
  language: 5
  rate: "abc"
  rate: 90
  fps: 3
narrations: {}
triggers:
  button:
    pul_up: true
"""
    assert problems(file, text) == [
        '2: camera.source: got "opencvv"; expected one of auto, picamera2, opencv, gstreamer, replay',
        "3: camera.heigth: unknown key; did you mean camera.height?",
        '4: camera.device: got "nope"; expected a whole number from 0 to 255, or text such as /dev/video0, '
        "or null",
        "6: voice.language: got 5; expected text such as en-gb, or null (put it in quotes)",
        '7: voice.rate: got "abc"; expected a whole number from 80 to 450',
        "8: voice.rate: given twice, first on line 7",
        "9: voice.fps: unknown key; did you mean camera.fps?",
        "10: narrations: unknown key; did you mean narration?",
        "12: triggers.button.pin: missing; expected a whole number from 0 to 27",
        "13: triggers.button.pul_up: unknown key; did you mean triggers.button.pull_up?",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("voice: {rate: 100.5}", "voice.rate: got 100.5; expected a whole number from 80 to 450"),
        ("voice: {volume: .inf}", "voice.volume: got .inf; expected a number from 0 to 1"),
        ("voice: {earcons: 1}", "voice.earcons: got 1; expected true or false"),
        (
            "voice: {engine: espeek}",
            'voice.engine: got "espeek"; expected one of auto, espeak, pyttsx3, piper, hibari',
        ),
        ("voice: {engine: [espeak]}", "voice.engine: got a list; expected one of auto, espeak"),
        ("voice: {engine: null}", "voice.engine: got null; expected one of auto, espeak"),
        (
            "bindings: {button: {short: descibe}}",
            f'bindings.button.short: got "descibe"; expected one of {", ".join(ACTIONS)}, or null; '
            "did you mean describe?",
        ),
        (
            "bindings: {button: {triple: find door}}",
            f'bindings.button.triple: got "find door"; expected one of {", ".join(ACTIONS)}, or null; '
            "write find, which offers find.favourites, and put door first among those",
        ),
        (
            "bindings: {button: {triple: ask what colour}}",
            f'bindings.button.triple: got "ask what colour"; expected one of {", ".join(ACTIONS)}, or null; '
            "write ask alone",
        ),
        (
            "{triggers: {keys: {pedal: {key: KEY_B}}}, bindings: {keys: {padel: {short: help}}}}",
            "bindings.keys.padel: got a section; expected a name of triggers.keys: pedal",
        ),
        (
            "{triggers: {keys: {pedal: {key: KEY_B}}}, bindings: {keys: {pedal: {shrt: help}}}}",
            "bindings.keys.pedal.shrt: unknown key; did you mean bindings.keys.pedal.short?",
        ),
        ("bindings: {keyboard: {long: 3}}", "bindings.keyboard.long: got 3; expected one of describe, "),
        (
            "bindings: {button: {tripple: help}}",
            "bindings.button.tripple: unknown key; did you mean bindings.button.triple?",
        ),
        ("voice: {engine: espeak, rat: 1}", "voice.rat: unknown key; did you mean voice.rate?"),
        ("voice: {engine: espeak, rate: 1}", "voice.rate: got 1; expected a whole number from 80 to 450"),
        ("voice: {engine: espeak, piper_model: 1}", "voice.piper_model: got 1; expected a path"),
        ("voice: {piper_model: {EN: x}}", "voice.piper_model: got a section; expected a path, or keys such"),
        ("voice: {device: -D x}", 'voice.device: got "-D x"; expected text such as plughw:CARD=Headphones'),
        ("voice: 3", "voice: got 3; expected a section with the keys engine, "),
        ("voice: []", "voice: got a list; expected a section with the keys engine, "),
        ("camera: {rotation: 45}", "camera.rotation: got 45; expected one of 0, 90, 180, 270"),
        ("camera: {device: true}", "camera.device: got true; expected a whole number from 0 to 255"),
        ("camera: {source: [auto]}", "camera.source: got a list; expected one of auto"),
        ("camera: {replay: ''}", 'camera.replay: got ""; expected a path of printable characters'),
        ('camera: {replay: "a\\0b"}', "camera.replay: got"),
        ("camera: {replay: ~nobody.here/x}", 'camera.replay: got "~nobody.here/x"; expected a path whose ~'),
        (
            "camera: {source: webcam}",
            'camera.source: got "webcam"; expected one of auto, picamera2, opencv, gstreamer, replay',
        ),
        ("camera: {source: gstreamer, pipeline: null}", "camera.pipeline: got null; expected text such as"),
        ("camera: {source: opencv, devise: 0}", "camera.devise: unknown key; did you mean camera.device?"),
        ("captioner: {bundle: 3}", "captioner.bundle: got 3; expected builtin, or a path"),
        ("captioner: {provider: -x}", 'captioner.provider: got "-x"; expected text such as cuda'),
        (
            "captioner: {provider_options: [device_type]}",
            "captioner.provider_options: got a list; expected keys such as device_type, each with a whole",
        ),
        (
            "captioner: {decode: {method: top_k}}",
            'captioner.decode.method: got "top_k"; expected one of beam, greedy, nucleus',
        ),
        (
            "captioner: {decode: {method: nucleus, top_p: 0}}",
            "captioner.decode.top_p: got 0; expected a number from 0.01 to 1",
        ),
        (
            "captioner: {decode: {method: greedy}, beams: 3}",
            "captioner.beams: got 3; expected null, since decode.method is greedy",
        ),
        ("captioner: {beams: 0}", "captioner.beams: got 0; expected a whole number from 1 to 10, or null"),
        ("narration: {every: off}", 'narration.every: got "off"; expected a number from 1 to 3600, or null'),
        ("narration: {novelty: 2.1}", "narration.novelty: got 2.1; expected a number from 0 to 2"),
        (
            "triggers: {button: 17}",
            "triggers.button: got 17; expected a section with the keys driver, debounce, pin, pull_up",
        ),
        (
            "triggers: {button: {pin: 28}}",
            "triggers.button.pin: got 28; expected a whole number from 0 to 27",
        ),
        (
            "triggers: {button: {driver: arduino, pin: 17}}",
            'triggers.button.driver: got "arduino"; expected one of gpiozero, gpiod',
        ),
        (
            "triggers: {button: {driver: gpiod, lime: PN.01, line: PN.01}}",
            "triggers.button.lime: unknown key; did you mean triggers.button.line?",
        ),
        (
            "triggers: {button: {driver: gpiod}}",
            "triggers.button.line: missing; expected text such as PN.01, or a whole number from 0 to 1023",
        ),
        (
            "triggers: {keys: {pedal: {key: KEY_PLAYPAUS}}}",
            'triggers.keys.pedal.key: got "KEY_PLAYPAUS"; expected the name of a key such as KEY_PLAYPAUSE,',
        ),
        (
            "triggers: {keys: {pedal: {key: [1, 0]}}}",
            "triggers.keys.pedal.key: got a list; expected the name of a key such as KEY_PLAYPAUSE, or its",
        ),
        (
            "triggers: {keys: {pedal: {device: FootSwitch}}}",
            "triggers.keys.pedal.key: missing; expected text such as KEY_PLAYPAUSE, or a whole number",
        ),
        (
            "triggers: {keys: {pedal: {key: 48, devise: FootSwitch}}}",
            "triggers.keys.pedal.devise: unknown key; did you mean triggers.keys.pedal.device?",
        ),
        (
            "triggers: {keys: {Pedal: {key: 48}}}",
            "triggers.keys.Pedal: got a section; expected keys such as pedal, each with a section with the",
        ),
        (
            "triggers: {keys: [48]}",
            "triggers.keys: got a list; expected keys such as pedal, each with",
        ),
        # impossible together
        (
            "triggers: {button: {driver: gpiod, line: 85}}",
            "triggers.button.chip: got null; expected the label of a chip, since line is a number",
        ),
        (
            "triggers: {button: {driver: gpiod, line: A}, second_button: {driver: gpiod, line: A}}",
            'triggers.second_button.line: got "A"; expected a different one from that of button',
        ),
        (
            "triggers: {keys: {button: {key: 48}}}",
            "triggers.keys.button: got a section; expected another name: an input already has this one",
        ),
        (
            "triggers: {keys: {pedal: {key: 48, grab: true}}}",
            "triggers.keys.pedal.device: got null; expected the name of a device, since grab takes all of",
        ),
        (
            "voice: {engine: piper}",
            "voice.piper_model: missing; expected a path, or keys such as en, each with a path",
        ),
        ("voice: {language: de}", 'voice.language: got "de"; expected a variant of en such as en+f3, since'),
        ("language: id\nvoice: {language: en-gb}", 'voice.language: got "en-gb"; expected a variant of id'),
        ("language: id\nvoice: {engine: hibari}", 'voice.engine: got "hibari"; expected an engine that'),
        (
            "language: id\nvoice: {engine: piper, piper_model: {en: x}}",
            "voice.piper_model: got a section; expected a model for id among others, since language is id",
        ),
        (
            "camera: {source: gstreamer}",
            "camera.pipeline: missing; expected text such as v4l2src device=/dev/video0",
        ),
        (
            "gestures: {long_press: 0.3}",
            "gestures.double_window: got null; expected less than long_press, 0.3",
        ),
        (
            "gestures: {double_window: 0.9}",
            "gestures.double_window: got 0.9; expected less than long_press, 0.8",
        ),
        (
            "gestures: {long_press: 5, stuck_after: 5}",
            "gestures.stuck_after: got 5; expected more than long_press",
        ),
        (
            "gestures: {very_long_press: 0.8}",
            "gestures.very_long_press: got 0.8; expected more than long_press, 0.8",
        ),
        (
            "gestures: {very_long_press: 5, stuck_after: 5}",
            "gestures.stuck_after: got 5; expected more than very_long_press, 5",
        ),
        (
            "wording: {probably_above: 0.9}",
            "wording.probably_above: got 0.9; expected at most plain_above, 0.7",
        ),
        (
            "wording: {maybe_above: 0.6}",
            "wording.maybe_above: got 0.6; expected at most probably_above, 0.45",
        ),
        (
            "objects: {names: [car, strairs]}",
            "objects.names: got a list; expected things that Earsight has a word for, and 'strairs' is none; "
            "did you mean 'stairs'?",
        ),
        (
            "objects: {names: car}",
            'objects.names: got "car"; expected a list of texts such as stairs, or null',
        ),
        ("objects: {directions: up}", 'objects.directions: got "up"; expected one of thirds, clock, none'),
        # not what YAML makes of it
        ("[1]", "got a list; expected the keys language, camera, "),
        ("hello", 'got "hello"; expected the keys language, camera, '),
        ("voice: {rate: 0175}", "voice.rate: 0175 means different things in different versions of YAML"),
        ("voice: {rate: 2:30}", 'voice.rate: got "2:30"; expected a whole number from 80 to 450'),
        ("voice: {earcons: yes}", 'voice.earcons: got "yes"; expected true or false'),
        ("voice: {<<: {rate: 90}}", "voice.<<: unknown key; expected one of engine"),
        ("voice: !!set {a}", "the tag '!!set'"),
    ],
)
def test_one_problem(file, text, problem):
    (told,) = problems(file, text)
    assert told.startswith((f"1: {problem}", f"2: {problem}"))


def test_values_and_keys_are_shown_short_and_on_one_line(file):
    (told,) = problems(file, f'camera: {{source: "{"x" * 500}"}}')
    assert len(told) < 250
    (told,) = problems(file, 'camera: {source: "a\\nb\\u2028\\x1b[31m"}')
    assert told.isprintable()
    (told,) = problems(file, '"a\\nb": 1')
    assert told.startswith("1: a\\nb: unknown key")


def test_files_that_are_none(tmp_path):
    for path, told in [
        (tmp_path / "gone.yaml", "there is no such file"),
        (tmp_path, "is a folder"),
        (Path("/dev/zero"), "is a device or a pipe"),
        (tmp_path / ("y" * 300), "can't be read"),
        (Path("a\0b"), "can't be read"),
    ]:
        with pytest.raises(ConfigError, match=told) as caught:
            load_config(path)
        assert str(caught.value).isprintable()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="is a device or a pipe"):
        load_config(tmp_path / "pipe")


def test_contents_that_are_none(file):
    assert problems(file, "voice:\n  language: \xe9".encode("latin-1")) == [
        "2: not UTF-8 text; save the file as UTF-8"
    ]
    assert "not UTF-8" in problems(file, "voice: {}".encode("utf-16"))[0]
    assert "larger than 64 KiB" in problems(file, b"#" * (MAX_BYTES + 1))[0]
    assert "levels" in problems(file, "camera: " + "[" * 10_000)[0]
