"""Does Earsight run on the boards? Wheels for 64-bit Arm, and captions on emulated processors of the
Raspberry Pi 4 (Cortex-A72) and 5 (Cortex-A76). Times under emulation say nothing of a board's speed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from earsight.cameras.replay import demo_photos
from tests.arm import wheels
from tests.arm.checks import CHECKS, CheckError
from tests.arm.userland import PROCESSORS, Userland, UserlandError, default_work, emulator


def main() -> int:
    """0: all works. 1: something does not, or there is no emulated board; it has its row or line."""
    parser = argparse.ArgumentParser(prog="script/arm", description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="default: the demo photos")
    parser.add_argument(
        "--work", type=Path, default=default_work(), metavar="DIR", help="where the emulated boards are kept"
    )
    parser.add_argument("--python", choices=wheels.PYTHONS, help="default: all")
    parser.add_argument("--wheels", action="store_true", help="look for the wheels only")
    arguments = parser.parse_args()
    pythons = [arguments.python] if arguments.python else wheels.PYTHONS
    try:
        metadata = wheels.project_metadata()
        print("| Python | processor | check | result |\n|---|---|---|---|", flush=True)
        failed = sum(_resolve(metadata, python) for python in pythons)
        if not arguments.wheels:
            emulator()
            photos = arguments.photos or demo_photos()
            for python in pythons:
                board = Userland(arguments.work, python)
                board.build(wheels.requirements(metadata, python))
                failed += sum(_check(board, processor, photos) for processor in PROCESSORS)
    except (UserlandError, wheels.WheelsError) as error:
        print(f"script/arm: {error}", file=sys.stderr)
        return 1
    return 1 if failed else 0


def _resolve(metadata: dict, python: str) -> int:
    failed = 0
    for extra in ("", *wheels.board_extras(metadata)):
        try:
            found = wheels.resolve(wheels.requirements(metadata, python, extra), python)
            result = f"{len(found)} wheels"
        except wheels.WheelsError as error:
            result, failed = f"**{error}**", failed + 1
        print(f"| {python} | aarch64 | earsight{extra and f'[{extra}]'} | {result} |", flush=True)
    return failed


def _check(board: Userland, processor: str, photos: list[Path]) -> int:
    failed = 0
    for name, check in CHECKS.items():
        try:
            result = check(board, processor, photos)
        except CheckError as error:
            result, failed = f"**{error}**", failed + 1
        print(f"| {board.python} | {processor} | {name} | {result} |", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
