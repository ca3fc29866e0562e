"""What the wearer looks at: photos through the kernel's virtual camera (vivid), over its own HDMI loop.

A photo goes into vivid's output and comes out of /dev/video0 unchanged, bit for bit; the controls of vivid
let its stream fail in the ways in which real cameras do.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as Picture
from PIL import ImageOps

from tests.hil.guest import Guest
from tests.hil.photos import photo

WIDTH, HEIGHT = 640, 480
DEVICE = "/dev/video0"
_OUTPUT = "/dev/video1"
_DRIVER = "/sys/bus/platform/drivers/vivid"
_SHOWN = "/run/photo.bgr"

_RULES = "/run/udev/rules.d/90-hil-camera.rules"
"""Nobody but root may open a camera that is not set up yet: in use, it can't be."""

_LOAD = "modprobe vivid n_devs=1 node_types=0x0101 num_inputs=1 input_types=3 num_outputs=1 output_types=1"
_TIMINGS = "--set-dv-bt-timings=index=0"
# The timings of 640 x 480 are those of 60 frames a second, of which an emulated processor is spared most:
# some five a second are left.
_DROP_CONTROL = "percentage_of_dropped_buffers"
_DROPPED = 92
_BUFFERS = 4
"""Of the photos' way out: with none of them filled, vivid shows its test pattern instead."""
_FRESH = 3.0
"""Seconds after which the service takes a frame for stale, and those that were under way have come."""

_PIXELS = "BGR3"
"""What OpenCV asks for. The loop works while both ends have the same."""

_FORMAT = f"--set-fmt-video=width={WIDTH},height={HEIGHT},pixelformat={_PIXELS}"
_OUT_FORMAT = f"--set-fmt-video-out=width={WIDTH},height={HEIGHT},pixelformat={_PIXELS}"


def frame(sight: Path | Picture.Image) -> bytes:
    """The middle of a photo, as the camera delivers it."""
    picture = sight if isinstance(sight, Picture.Image) else Picture.open(sight)
    fitted = ImageOps.fit(picture.convert("RGB"), (WIDTH, HEIGHT))
    return np.asarray(fitted)[..., ::-1].tobytes()


class Camera:
    """Plugged in from the start, and black until it is shown something.

    shows: the number of the real photo in front of it; None for anything else.
    """

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self.shows: int | None = None
        self._photo = guest.shared / "photo.bgr"
        guest.run("mkdir", "-p", _RULES.rpartition("/")[0])
        guest.write(_RULES, 'SUBSYSTEM=="video4linux", OWNER="root", GROUP="root", MODE="0600"\n')
        guest.shell(f"udevadm control --reload; {_LOAD}; udevadm settle")
        self._connect()

    def show(self, sight: int | Picture.Image) -> None:
        """A real photo by its number, or something else; until no older picture is fresh enough to be
        described."""
        fed = self._photo.exists()
        self.shows = sight if isinstance(sight, int) else None
        self._photo.write_bytes(frame(photo(sight) if isinstance(sight, int) else sight))
        # In place and at once: what feeds the camera reads this file over and over.
        self._guest.shell(f"dd if=/hil/photo.bgr of={_SHOWN} bs=1M conv=notrunc status=none")
        if not fed:
            self._feed()
        self._guest.run("sleep", str(_FRESH))

    def plug_out(self) -> None:
        """Its nodes go away, under the hands of whoever reads from it."""
        self._guest.run("systemctl", "stop", "hil-photo", check=False)
        self._guest.write(f"{_DRIVER}/unbind", "vivid.0")
        self._guest.run("udevadm", "settle")

    def plug_back_in(self) -> float:
        """When its nodes were there again, by the guest's clock."""
        self._guest.write(f"{_DRIVER}/bind", "vivid.0")
        self._guest.run("udevadm", "settle")
        self._connect()
        return self._guest.now()

    def restore(self) -> None:
        """Plugged in and going, whatever was done to it."""
        if self._guest.run("test", "-e", DEVICE, check=False).status:
            self.plug_back_in()
        self.go_on()

    def stall(self) -> None:
        """No frame comes any more, and no error either."""
        self.control(_DROP_CONTROL, 100)

    def go_on(self) -> float:
        self.control(_DROP_CONTROL, _DROPPED)
        return self._guest.now()

    def control(self, name: str, value: int = 1) -> None:
        self._guest.run("v4l2-ctl", "-d", DEVICE, f"--set-ctrl={name}={value}")

    def state(self) -> str:
        """For the report of a failure: without the same format at both ends, vivid shows its test pattern."""
        formats = [
            self._guest.run("v4l2-ctl", "-d", device, option, check=False).output
            for device, option in ((DEVICE, "--get-fmt-video"), (_OUTPUT, "--get-fmt-video-out"))
        ]
        return "".join(formats) + self._guest.run("systemctl", "status", "hil-photo", check=False).output

    def _connect(self) -> None:
        for device, form in ((_OUTPUT, _OUT_FORMAT), (DEVICE, _FORMAT)):
            self._guest.run("v4l2-ctl", "-d", device, _TIMINGS, form)
        self.control("hdmi_000_0_is_connected_to", 2)
        self.control("osd_text_mode", 2)
        self.control(_DROP_CONTROL, _DROPPED)
        if self._photo.exists():
            self._feed()
        self._guest.shell(f"chgrp video {DEVICE} && chmod 660 {DEVICE}")

    def _feed(self) -> None:
        stream = f"--silent --stream-out-mmap={_BUFFERS} --stream-loop --stream-from={_SHOWN}"
        unit = "systemd-run --quiet --unit=hil-photo --property=Nice=-15"
        self._guest.run("systemctl", "reset-failed", "hil-photo", check=False)
        self._guest.shell(f"{unit} v4l2-ctl -d {_OUTPUT} {stream}")
