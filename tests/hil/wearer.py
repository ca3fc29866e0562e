"""Earsight as a person's own user, whose PipeWire has the sound, as `script/install --user` sets it up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.hil.guest import Guest, Result

NAME = "wearer"
PLAYED_TO = "pipewire"

_DROP_IN = "/run/systemd/system/earsight.service.d/30-user.conf"
# What script/install does, but for the packages and the program: these are there.
_MAKE = f"""
id {NAME} >/dev/null 2>&1 || useradd --create-home --groups video,audio,gpio {NAME}
uid=$(id -u {NAME})
sed "s/@USER@/{NAME}/; s/@UID@/$uid/" /opt/earsight/current/systemd/user.conf >{_DROP_IN}
mkdir -p /var/lib/systemd/linger; touch /var/lib/systemd/linger/{NAME}
systemctl daemon-reload
systemctl start user@$uid
export XDG_RUNTIME_DIR=/run/user/$uid
until runuser -u {NAME} -- wpctl inspect @DEFAULT_AUDIO_SINK@ >/dev/null 2>&1; do sleep 0.5; done
runuser -u {NAME} -- wpctl set-volume @DEFAULT_AUDIO_SINK@ 1.0
"""
_UNDO = f"""
rm -f {_DROP_IN} /var/lib/systemd/linger/{NAME}; systemctl daemon-reload
systemctl stop user@$(id -u {NAME})
chown -R earsight /var/lib/earsight /var/cache/earsight
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
    guest.shell(_MAKE)
    try:
        yield Wearer(guest)
    finally:
        guest.shell(_UNDO)
