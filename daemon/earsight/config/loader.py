"""Reads a config file, and says what is wrong with it: file, line, key, value, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from earsight.config.problems import Mistake, dotted, explain, got, printable
from earsight.config.schema import Config
from earsight.config.voice import AnyVoice, AutoVoice, VoiceSection
from earsight.errors import EarsightError
from earsight.message import Message, message
from earsight_files.strict_yaml import Key, YamlTreeError, read_tree

MAX_BYTES = 64 * 1024
UNREADABLE = message("doctor.settings.unreadable")

_VOICE: TypeAdapter[VoiceSection] = TypeAdapter(AnyVoice)


class ConfigError(EarsightError):
    """A config file that can't be used.

    Attributes:
        problems: Each on one line; the text of the error is all of them.
        spoken_problems: The same as messages.
    """

    def __init__(self, problems: Iterable[str], spoken: Iterable[Message] = (UNREADABLE,)) -> None:
        self.problems = tuple(problems)
        self.spoken_problems = tuple(spoken)
        super().__init__("\n".join(self.problems))


class LostConfigError(ConfigError):
    """A config file whose content is gone, as after a power failure: it is empty, or holds NUL bytes."""


def load_config(path: Path | None, folder: Path | None = None) -> Config:
    """Read the settings from a YAML file.

    Args:
        path: The file; None gives the defaults, and so does every key that the file leaves out.
        folder: Where relative paths in the file start; None: at the file's own folder.

    Raises:
        LostConfigError: There is nothing in the file that anybody has written.
        ConfigError: With everything that is wrong with the file.
    """
    if path is None:
        return Config()
    folder = folder or path.absolute().parent
    shown = printable(str(path))
    try:
        tree = read_tree(_read(path, shown))
    except YamlTreeError as problem:
        said = message("doctor.settings.not_yaml", line=problem.line)
        raise ConfigError([f"{shown}:{problem.line}: {printable(problem.text)}"], [said]) from None
    if tree.value is None:
        tree.value = {}
    if not isinstance(tree.value, dict):
        sections = ", ".join(Config.model_fields)
        said = message("doctor.expected.keys", keys=sections)
        raise ConfigError([f"{shown}:1: got {got(tree, ())}; expected the keys {sections}"], [said])
    # A section whose keys are all commented out reads as null: it has its defaults.
    values = {key: value for key, value in tree.value.items() if value is not None or not _is_section(key)}
    found = [_given_twice(*duplicate) for duplicate in tree.duplicates]
    config = None
    try:
        config = Config.model_validate(values, context={"folder": folder})
    except ValidationError as error:
        found += explain(error, tree)
    if found or config is None:
        unique = sorted(dict.fromkeys(found))
        problems = [f"{shown}:{mistake.line}: {mistake.key}: {mistake.what}" for mistake in unique]
        raise ConfigError(problems, [_said(mistake) for mistake in unique])
    return config


def _given_twice(key: Key, line: int, first: int) -> Mistake:
    said = message("doctor.settings.twice", first=first)
    return Mistake(line, dotted(key), f"given twice, first on line {first}", said)


def _said(mistake: Mistake) -> Message:
    return message("doctor.settings.mistake", line=mistake.line, key=mistake.key, what=mistake.spoken)


def located(path: Path, problems: Mapping[str, str]) -> ConfigError:
    """An error about values of a file that is right by itself.

    Args:
        path: The file.
        problems: What is wrong, by the key that names it. A key that the file leaves out has no line.
    """
    shown = printable(str(path))
    lines = {dotted(key): line for key, line in read_tree(_read(path, shown)).lines.items()}
    places = {key: f"{shown}:{lines[key]}" if key in lines else shown for key in problems}
    return ConfigError([f"{places[key]}: {key}: {printable(what)}" for key, what in problems.items()])


def readable_voice(path: Path | None) -> VoiceSection:
    """The section voice of a file that is wrong elsewhere, or the default one: to say that it is wrong."""
    if path is None:
        return AutoVoice()
    try:
        values = read_tree(_read(path, "")).value["voice"]
        return _VOICE.validate_python(values, context={"folder": path.absolute().parent})
    except (ConfigError, YamlTreeError, ValidationError, LookupError, TypeError):
        return AutoVoice()


def readable_language(path: Path | None) -> str:
    """The language of a file that is wrong elsewhere, or the default one."""
    default: str = Config.model_fields["language"].default
    if path is None:
        return default
    try:
        return Config.model_validate({"language": read_tree(_read(path, "")).value["language"]}).language
    except (ConfigError, YamlTreeError, ValidationError, LookupError, TypeError):
        return default


def _read(path: Path, shown: str) -> str:
    try:
        if path.is_dir():
            raise ConfigError([f"{shown}: is a folder; expected a YAML file"])
        if path.exists() and not path.is_file():  # reading a pipe or a device might never end
            raise ConfigError([f"{shown}: is a device or a pipe; expected a YAML file"])
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError([f"{shown}: there is no such file"]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError([f"{shown}: can't be read: {reason}"]) from None
    if len(data) > MAX_BYTES:
        raise ConfigError([f"{shown}: larger than {MAX_BYTES // 1024} KiB, so no config file of Earsight"])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError([f"{shown}:{line}: not UTF-8 text; save the file as UTF-8"]) from None
    if lost := _lost(text):
        raise LostConfigError([f"{shown}: {lost}, as after a power failure; write the settings again"])
    return text


def _lost(text: str) -> str | None:
    """What shows that the content of a file is gone, or a part of it; None if it is there."""
    if not text.strip():
        return "the file is empty"
    return "the file has NUL bytes in it" if "\0" in text else None


def _is_section(key: str) -> bool:
    return key in Config.model_fields
