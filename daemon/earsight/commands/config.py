"""earsight config: check a configuration file, or print its JSON Schema."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
from pathlib import Path

from earsight.config.loader import load_config, located
from earsight.config.schema import Config, config_schema

EXAMPLES = ("check earsight.yaml", "check --devices earsight.yaml", "schema")

_CHECK = (
    "Check a settings file: its keys and values, and the files and folders that it names (photos, model "
    "bundles, voices, the control socket)."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="check|schema")
    check = actions.add_parser(
        "check", help="check whether the service can work with the file", description=_CHECK
    )
    check.add_argument(
        "--devices", action="store_true", help="look at the camera, buttons, sound, voice and model, too"
    )
    check.add_argument("file", type=Path, metavar="FILE")
    actions.add_parser("schema", help="print the JSON Schema of the settings, for editors")


def run(arguments: argparse.Namespace) -> int:
    """0: the file is right. 1: a device does not work. A wrong file raises ConfigError, with a line for each
    mistake."""
    if arguments.action == "schema":
        print(json.dumps(config_schema(), indent=2))
        return 0
    config = load_config(arguments.file)
    _check_named_files(arguments.file, config)
    print(f"{arguments.file}: right")
    if arguments.devices:
        return _check_devices(config)
    print("Not looked at: camera, buttons, sound, voice and model. For those, add --devices.")
    return 0


def _check_named_files(file: Path, config: Config) -> None:
    from earsight.doctor.named_files import what_cannot_work

    if problems := what_cannot_work(config):
        raise located(file, problems)


def _check_devices(config: Config) -> int:
    from earsight.doctor.examination import examine_devices
    from earsight.doctor.finding import Status, line

    # The findings have it all: without a handler, Python would print warnings as well.
    logging.getLogger("earsight").addHandler(logging.NullHandler())
    findings = asyncio.run(examine_devices(config))
    for finding in findings:
        print(line(finding))
    return 1 if any(finding.status is Status.FAILURE for finding in findings) else 0
