"""earsight press: what a button does, sent to the running service."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight.config.loader import load_config
from earsight.triggers.control_client import ask_any, control_sockets
from earsight.triggers.control_protocol import PressRequest
from earsight.triggers.trigger import Gesture

EXAMPLES = ("", "double --config earsight.yaml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    choices = [gesture.value for gesture in Gesture]
    parser.add_argument("gesture", nargs="?", choices=choices, default="short", metavar="|".join(choices))
    parser.add_argument(
        "--button", metavar="NAME", help="button, second_button, or the name of a key in triggers.keys"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="the service's settings file")


def run(arguments: argparse.Namespace) -> int:
    """0: the service has taken the press."""
    sockets = control_sockets(load_config(arguments.config).triggers.control_socket)
    ask_any(sockets, PressRequest(Gesture(arguments.gesture), arguments.button))
    return 0
