"""The doctor and cameras."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from earsight.doctor import vision
from earsight.doctor.finding import Status
from tests.earsight.detectors.tiny_graphs import with_detector, with_place_head
from tests.earsight.doctor.boards import config, found, photo


def test_a_camera_that_shows_pictures(tmp_path: Path) -> None:
    settings = config(camera={"source": "replay", "replay": photo(tmp_path)})
    assert vision.check_camera(settings, tmp_path / "none") == found(
        "camera", Status.OK, "gives pictures of 512 x 384 pixels"
    )


def test_a_dark_camera_is_a_warning(tmp_path: Path) -> None:
    settings = config(camera={"source": "replay", "replay": photo(tmp_path, level=3)})
    finding = vision.check_camera(settings, tmp_path / "none")
    assert finding.status is Status.WARNING
    assert finding.detail == "The picture is too dark."
    assert finding.advice


def test_a_dark_camera_is_fine_when_quality_is_not_judged(tmp_path: Path) -> None:
    settings = config(
        camera={"source": "replay", "replay": photo(tmp_path, level=3)}, quality={"enabled": False}
    )
    assert vision.check_camera(settings, tmp_path / "none").status is Status.OK


def test_a_camera_that_is_not_there(tmp_path: Path) -> None:
    settings = config(camera={"source": "opencv", "device": "/dev/video-none"})
    finding = vision.check_camera(settings, tmp_path / "none")
    assert finding.status is Status.FAILURE
    assert "/dev/video-none" in finding.detail


def test_a_camera_that_the_running_service_may_hold_is_only_a_warning(tmp_path: Path) -> None:
    settings = config(camera={"source": "opencv", "device": "/dev/video-none"})
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(tmp_path / "control.sock"))
        service.listen()
        finding = vision.check_camera(settings, tmp_path / "control.sock")
    assert finding.status is Status.WARNING
    assert "stop the service" in finding.advice


@pytest.fixture
def no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earsight.cameras.registry.find_webcam", lambda: None)
    monkeypatch.setattr("earsight.cameras.registry.find_spec", lambda _: None)
    monkeypatch.setattr("earsight.cameras.registry.at_terminal", lambda: True)


@pytest.mark.usefixtures("no_camera")
def test_photos_in_place_of_a_camera_are_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earsight.cameras.replay.demo_photos", lambda: [photo(tmp_path)])
    finding = vision.check_camera(config(camera={"source": "auto"}), tmp_path / "none")
    assert finding.status is Status.WARNING
    assert finding.detail.startswith("no camera was found")


@pytest.mark.usefixtures("no_camera")
def test_neither_camera_nor_demo_photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earsight.cameras.replay.find_spec", lambda _: None)
    finding = vision.check_camera(config(camera={"source": "auto"}), tmp_path / "none")
    assert finding.status is Status.FAILURE
    assert finding.detail == "no camera was found"


def test_the_doctor_says_what_the_models_can_do_and_what_computes_them(tmp_path: Path) -> None:
    folder = with_place_head(with_detector(tmp_path))
    model = {"bundle": folder, "provider": "cpu", "threads": 1}
    finding = vision.check_model(config(captioner=model, text={"engine": "none"}))
    assert finding.status is Status.OK
    assert f"{folder}: whole, captions, 3 kinds of objects, places; ready after " in finding.detail
    assert finding.detail.endswith("encoder.onnx, decoder.onnx, detector.onnx and place.onnx on CPU")
    blind = vision.check_model(config(captioner=model, objects={"enabled": False}, text={"engine": "none"}))
    assert ": whole, captions; ready after " in blind.detail
