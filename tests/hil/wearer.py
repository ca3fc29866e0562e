"""Earsight as a person's own user, whose server has the sound: `script/install --user`, and back again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.hil.guest import Guest
from tests.hil.image import PULSEAUDIO as _PACKAGES
from tests.hil.installation import Installation

NAME = "wearer"

_AS_WEARER = f"""
uid=$(id -u {NAME})
as_wearer() {{ runuser -u {NAME} -- env XDG_RUNTIME_DIR=/run/user/$uid "$@"; }}
"""


@dataclass(frozen=True)
class SoundServer:
    """units: those of the user's systemd. louder: makes the earphones the ones
    that are played to, as loud as they can be; fails until they are there."""

    units: tuple[str, ...]
    louder: str


PIPEWIRE = SoundServer(
    ("pipewire", "wireplumber"),
    "as_wearer wpctl inspect @DEFAULT_AUDIO_SINK@ && as_wearer wpctl set-volume @DEFAULT_AUDIO_SINK@ 1.0",
)
PULSEAUDIO = SoundServer(
    ("pulseaudio",),
    "sink=$(as_wearer pactl list short sinks | grep -o 'alsa_output.usb[^ \t]*') "
    '&& as_wearer pactl set-default-sink "$sink" && as_wearer pactl set-sink-volume "$sink" 100%',
)


class Wearer:
    def __init__(self, guest: Guest, server: SoundServer) -> None:
        self._guest = guest
        self._server = server

    def restart_sound_server(self) -> float:
        """When it was asked for, by the guest's clock."""
        command = f"as_wearer systemctl --user restart {' '.join(self._server.units)}"
        return self._guest.shell(_AS_WEARER + command).began


def install_pulseaudio(guest: Guest) -> None:
    """In place of PipeWire, for good."""
    others = "pipewire-alsa- pipewire-pulse- wireplumber-"
    guest.shell(
        f"DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 --yes install /{_PACKAGES}/*.deb {others}",
        limit=600,
    )


@contextmanager
def logged_in(guest: Guest, installation: Installation, server: SoundServer) -> Iterator[Wearer]:
    """The service must not run when this begins and ends."""
    installation.copy_sources(guest.shared / "source")
    try:
        guest.shell(
            f"id {NAME} >/dev/null 2>&1 || useradd --create-home {NAME}; "
            f"/hil/source/script/install --user {NAME}; {_AS_WEARER} systemctl start user@$uid; "
            f"until {{ {server.louder}; }} >/dev/null 2>&1; do sleep 0.5; done",
            limit=300,
        )
        yield Wearer(guest, server)
    finally:
        guest.shell(
            f"/hil/source/script/install --user earsight; loginctl disable-linger {NAME}; "
            f"systemctl stop user@$(id -u {NAME})",
            limit=300,
        )
        shutil.rmtree(guest.shared / "source")
