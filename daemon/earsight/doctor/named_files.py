"""What settings name and can be looked at without any device: photos, model bundles, voices, sockets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from earsight.bundles.bundle import BundleError, bundle_folder, open_bundle
from earsight.cameras.replay import ReplaySource
from earsight.captioners.calibration_file import read_calibrations
from earsight.captioners.registry import build_remote_model
from earsight.config.captioner import OnnxCaptionerSection, RemoteCaptionerSection
from earsight.config.schema import Config
from earsight.errors import EarsightError
from earsight.listening.wav_microphone import WavMicrophone
from earsight.triggers.control_protocol import check_path, default_control_socket
from earsight.triggers.trigger import TriggerError
from earsight.voice.piper import check_model
from earsight.voice.sound import SoundDeviceError


def what_cannot_work(config: Config) -> dict[str, str]:
    """What is wrong with the files and folders that the settings name.

    Returns:
        What is wrong, a line each, by the key that names the file.
    """
    problems: dict[str, str] = {}
    for key, check in _checks(config):
        try:
            check()
        except EarsightError as error:
            problems[key] = str(error).removeprefix(f"{key}: ").replace(f" (key {key})", "")
    return problems


def _checks(config: Config) -> Iterator[tuple[str, Callable[[], object]]]:
    """A check for each key that names a file; one that finds something raises EarsightError."""
    camera, captioner, voice = config.camera, config.captioner, config.voice
    photos = camera.replay
    if photos is not None and camera.source in ("auto", "replay"):
        yield "camera.replay", lambda: _replay(photos)
    if isinstance(captioner, RemoteCaptionerSection):
        yield "captioner.remote", lambda: build_remote_model(captioner)
    if not isinstance(captioner, OnnxCaptionerSection):
        yield (
            "captioner.calibration",
            lambda: read_calibrations(captioner.calibration, captioner.calibrated_as),
        )
    if captioner.runs_bundle:
        yield "captioner.bundle", lambda: open_bundle(bundle_folder(str(captioner.bundle)))
    elif isinstance(model := captioner.model, Path):
        yield "captioner.model", lambda: _model_folder(model)
    detector = config.objects.bundle
    if config.objects.enabled and detector is not None:
        yield "objects.bundle", lambda: _detector(str(detector))
    models = voice.piper_model
    model_of_voice = models.get(config.language) if isinstance(models, dict) else models
    if model_of_voice is not None and voice.engine in ("auto", "piper"):
        yield "voice.piper_model", lambda: check_model(model_of_voice, config.language)
    recording = voice.wav_file
    if recording is not None and voice.player in ("auto", "wav"):
        yield "voice.wav_file", lambda: _recording(recording)
    heard = config.microphone.wav_file
    if heard is not None and config.microphone.source == "wav":
        yield "microphone.wav_file", lambda: WavMicrophone(heard).check()
    socket = config.triggers.control_socket
    yield "triggers.control_socket", lambda: _control_socket(socket)


def _replay(photos: Path) -> None:
    source = ReplaySource(photos)
    try:
        source.open()
    finally:
        source.close()


def _model_folder(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise BundleError(f"{folder}: not a model of transformers (there is no config.json in it)")


def _detector(bundle: str) -> None:
    folder = bundle_folder(bundle)
    if "objects" not in open_bundle(folder).manifest.capabilities:
        raise BundleError(f"{folder}: this bundle has no detector")


def _recording(file: Path) -> None:
    target = file if file.exists() else file.parent
    if file.is_dir() or not os.access(target, os.W_OK):
        raise SoundDeviceError(f"{file} can't be written: choose a file in a folder that is there")


def _control_socket(path: Path | None) -> None:
    check_path(path or default_control_socket())
    # The service makes the last folder itself.
    if path is not None and (path.is_dir() or not path.parent.parent.is_dir()):
        raise TriggerError(f"{path} can't be made: choose a path in a folder that is there")
