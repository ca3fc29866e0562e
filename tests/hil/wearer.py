"""Earsight as a person's own user, whose PipeWire has the sound: `script/install --user`, and back again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tests.hil.guest import Guest, Result
from tests.hil.installation import copy_sources

NAME = "wearer"
PLAYED_TO = "pipewire"

_MAKE = f"""
id {NAME} >/dev/null 2>&1 || useradd --create-home {NAME}
/hil/source/script/install --user {NAME}
uid=$(id -u {NAME})
systemctl start user@$uid
export XDG_RUNTIME_DIR=/run/user/$uid
until runuser -u {NAME} -- wpctl inspect @DEFAULT_AUDIO_SINK@ >/dev/null 2>&1; do sleep 0.5; done
runuser -u {NAME} -- wpctl set-volume @DEFAULT_AUDIO_SINK@ 1.0
"""
_UNDO = f"""
/hil/source/script/install --user earsight
loginctl disable-linger {NAME}
systemctl stop user@$(id -u {NAME})
"""


class Wearer:
    def __init__(self, guest: Guest) -> None:
        self._guest = guest

    def restart_sound_server(self) -> float:
        """When it was asked for, by the guest's clock."""
        return self._user("systemctl", "--user", "restart", "pipewire", "wireplumber").began

    def _user(self, *argv: str) -> Result:
        uid = self._guest.run("id", "-u", NAME).output.strip()
        return self._guest.run("runuser", "-u", NAME, "--", "env", f"XDG_RUNTIME_DIR=/run/user/{uid}", *argv)


@contextmanager
def logged_in(guest: Guest) -> Iterator[Wearer]:
    """The service must not run when this begins and ends."""
    copy_sources(guest.shared / "source")
    try:
        guest.shell(_MAKE, limit=300)
        yield Wearer(guest)
    finally:
        guest.shell(_UNDO, limit=300)
        shutil.rmtree(guest.shared / "source")
