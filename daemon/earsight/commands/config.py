"""earsight config: check a configuration file, or print its JSON Schema."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from earsight.config.loader import load_config
from earsight.config.schema import config_schema

EXAMPLES = ("check earsight.yaml", "schema")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="check|schema")
    check = actions.add_parser("check", help="check whether the service would accept the file")
    check.add_argument("file", type=Path, metavar="FILE")
    actions.add_parser("schema", help="print the JSON Schema of the settings, for editors")


def run(arguments: argparse.Namespace) -> int:
    """0: the file is right. A wrong one raises ConfigError, with a line for each mistake."""
    if arguments.action == "schema":
        print(json.dumps(config_schema(), indent=2))
    else:
        load_config(arguments.file)
        print(f"{arguments.file}: right")
    return 0
