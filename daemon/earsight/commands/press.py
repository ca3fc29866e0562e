"""earsight press: what the button does, sent to the running service."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight.config.loader import load_config
from earsight.triggers.control import GESTURES, INSTALLED, default_control_socket, press_somewhere
from earsight.triggers.trigger import Gesture


def add_arguments(parser: argparse.ArgumentParser) -> None:
    choices = [gesture.value for gesture in GESTURES]
    parser.add_argument("gesture", nargs="?", choices=choices, default="short", metavar="|".join(choices))
    parser.add_argument("--config", type=Path, metavar="FILE", help="the service's configuration")


def run(arguments: argparse.Namespace) -> int:
    """0: the service has taken the press."""
    configured = load_config(arguments.config).triggers.control_socket
    sockets = [configured] if configured else [default_control_socket(), INSTALLED]
    press_somewhere(sockets, Gesture(arguments.gesture))
    return 0
