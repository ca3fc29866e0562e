"""The Python packages that the guest installs from a folder, since it has no network."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.arm import wheels
from tests.hil.debian import BuildError
from tests.hil.machine import Machine

PYTHON = "3.11"
"""That of tests.hil.image.SUITE."""

EXTRAS = ("", "gpio", "gpiod", "opencv", "text", "codes", "remote", "listen", "server")
_BUILDERS = ("pip", "setuptools>=70", "wheel")


def gather(folder: Path, machine: Machine) -> None:
    """All that Earsight needs, for this machine, into folder. Raises BuildError."""
    try:
        metadata = wheels.project_metadata()
        needed = sorted({line for extra in EXTRAS for line in wheels.requirements(metadata, PYTHON, extra)})
        stamp = hashlib.sha256("\n".join(needed).encode()).hexdigest()
        if (folder / "stamp").is_file() and (folder / "stamp").read_text() == stamp:
            return
        platform = [option.replace("aarch64", machine.wheel_platform) for option in wheels.for_board(PYTHON)]
        wheels.pip("download", "--quiet", "--dest", str(folder), *platform, *needed, *_BUILDERS)
    except wheels.WheelsError as error:
        raise BuildError(f"the guest's Python packages: {error}") from error
    (folder / "stamp").write_text(stamp)
