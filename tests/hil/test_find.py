"""A thing is looked for: ticks lead to it, words say where it is; and what is around."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from earsight.voice.ticks import render_ticks
from tests.earsight.detectors.tiny_graphs import detector_only
from tests.earsight.words import english
from tests.hil.camera import HEIGHT, WIDTH
from tests.hil.device import Device
from tests.hil.ear import HEARD

_EYES = "/run/hil-eyes"
"""A detector that takes no arithmetic to speak of: in each quarter of a picture, what is green is a dog."""

_LIMIT = 60.0
"""Seconds until something was heard."""


@pytest.fixture
def eyes(device: Device, tmp_path: Path) -> Iterator[None]:
    bundle = detector_only(tmp_path)
    shutil.copytree(bundle, device.guest.shared / "eyes", dirs_exist_ok=True)
    device.guest.shell(f"rm -rf {_EYES}; cp -r /hil/eyes {_EYES}")
    yield
    device.guest.run("rm", "-rf", _EYES)


def _dog(*sides: str) -> Picture.Image:
    """Something green in the upper quarters of these sides, and elsewhere a dark pattern with bright dots: no
    thing to the detector, and no dark picture."""
    rows, columns = np.indices((HEIGHT, WIDTH))
    pattern = np.where((rows // 40 + columns // 40) % 2, 10, 50).astype(np.uint8)
    pattern[(rows % 40 < 8) & (columns % 40 < 8)] = 250
    pixels = np.repeat(pattern[:, :, None], 3, axis=2)
    pixels[:, :, 1] = 0
    for side in sides:
        begin = 0 if side == "left" else WIDTH // 2
        pixels[: HEIGHT // 2, begin : begin + WIDTH // 2] = (0, 250, 0)
    return Picture.fromarray(pixels)


def _look_for(device: Device, name: str) -> float:
    """When it was asked for."""
    return device.guest.run("earsight", "do", "find", name).began


def _ticks(device: Device, after: float) -> bool:
    """Whether a tick was heard until now, from wherever: what is recorded has one channel."""
    recording = device.ear.between(after, device.guest.now())
    return recording.find(render_ticks(0.0, 0.2, 1).mono().samples).correlation >= HEARD


@pytest.mark.core
@pytest.mark.usefixtures("eyes")
def test_a_thing_is_found(device: Device) -> None:
    """`earsight do find dog`: words and ticks say where it is, a press ends it and begins nothing."""
    device.use(objects={"enabled": True, "bundle": _EYES})
    device.camera.show(_dog("left"))
    asked = _look_for(device, "dog")
    device.hears("Looking for a dog.", asked, _LIMIT)
    found = device.hears("A dog on the left.", asked, _LIMIT).at
    device.camera.show(_dog("right"))
    device.hears("A dog on the right.", found, _LIMIT)
    assert _ticks(device, found)
    pressed = device.button.press()
    stopped = device.hears(english("find.stopped"), pressed, _LIMIT).at
    device.guest.run("sleep", "3")
    assert not _ticks(device, stopped)


@pytest.mark.usefixtures("eyes")
def test_what_is_not_there_and_what_can_t_be_looked_for(device: Device) -> None:
    """That nothing is seen is said after a while; a thing that the detector doesn't know, at once."""
    device.use(objects={"enabled": True, "bundle": _EYES})
    device.camera.show(_dog())
    asked = _look_for(device, "dog")
    device.hears("Still looking for a dog.", asked, _LIMIT)
    asked = _look_for(device, "door")
    device.hears("A door: I can't look for that.", asked, _LIMIT)
    refused = device.guest.run("earsight", "do", "find", "dor", check=False)
    assert "did you mean 'door'" in refused.complaint


@pytest.mark.usefixtures("eyes")
def test_the_camera_goes_while_a_thing_is_looked_for(device: Device) -> None:
    """It is said once, and the search goes on when the camera is back."""
    device.use(objects={"enabled": True, "bundle": _EYES})
    device.camera.show(_dog("left"))
    asked = _look_for(device, "dog")
    device.hears("A dog on the left.", asked, _LIMIT)
    device.camera.plug_out()
    try:
        device.hears(english("error.camera_absent"), asked, _LIMIT)
    finally:
        device.camera.plug_back_in()
    device.guest.run("earsight", "do", "stop")


@pytest.mark.core
@pytest.mark.usefixtures("eyes")
def test_what_is_around(device: Device) -> None:
    """`earsight do around`: from left to right, and of a side of which nothing is known just that."""
    device.use(objects={"enabled": True, "bundle": _EYES})
    device.camera.show(_dog("right"))
    asked = device.guest.run("earsight", "do", "around").began
    ahead, left = english("around.ahead_unknown"), english("around.left_unknown")
    device.hears(f"{left} {ahead} On the right: a dog.", asked, _LIMIT)
