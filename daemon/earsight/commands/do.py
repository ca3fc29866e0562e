"""earsight do: an action of the running service, by its name."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight.actions import ACTIONS, ArgumentError, plain_argument
from earsight.config.loader import load_config
from earsight.triggers.control_client import ask_any, control_sockets
from earsight.triggers.control_protocol import ActionRequest
from earsight.triggers.trigger import TriggerError

EXAMPLES = ("repeat", "louder", "help")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=list(ACTIONS), metavar="ACTION", help="one of those below")
    parser.add_argument("argument", nargs="*", metavar="ARGUMENT", help="what the action is asked for with")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the service's settings file")
    lines = [f"  {name:<12}{action.usage}" for name, action in ACTIONS.items()]
    parser.epilog = "\n".join(["Actions:", *lines, "", parser.epilog or ""])


def run(arguments: argparse.Namespace) -> int:
    """0: the service has taken the request."""
    try:
        argument = plain_argument(arguments.action, " ".join(arguments.argument))
    except ArgumentError as error:
        raise TriggerError(str(error)) from None
    sockets = control_sockets(load_config(arguments.config).triggers.control_socket)
    ask_any(sockets, ActionRequest(arguments.action, argument))
    return 0
