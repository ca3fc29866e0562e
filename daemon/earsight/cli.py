"""earsight: the command line."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import signal
import sys
import textwrap
from collections.abc import Iterable, Sequence
from types import ModuleType

from earsight import __version__
from earsight.config.loader import ConfigError
from earsight.errors import EarsightError

COMMANDS = {
    "run": "run the service in the foreground",
    "describe": "describe photos",
    "find": "find a thing in photos, and say where it is",
    "scan": "read QR codes and barcodes in photos",
    "ask": "answer a question about photos",
    "read": "read the text in photos",
    "press": "press the button of the running service",
    "do": "have the running service carry out an action, such as repeat or louder",
    "doctor": "check camera, button, sound, model and permissions",
    "serve": "serve a page and an API that describe photos",
    "config": "check a configuration file, or print its JSON Schema",
    "model": "inspect a model bundle, or verify that it is intact",
    "bench": "measure how long captions take on this machine",
    "board-report": "measure this board with what is plugged in, for docs/boards.md",
}
FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130
_STATUSES = (
    "Exit status: 0: success. 1: failure. 2: wrong usage or settings. 70 (run): repeated crashes. "
    "130: interrupted."
)


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """Only the chosen command's module is loaded: pressing a button must not wait for numpy."""
    parser = argparse.ArgumentParser(
        prog="earsight",
        description="A head-worn camera that says what is in front of you.",
        epilog=_epilog(["run", "COMMAND --help"]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"earsight {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=text,
            description=f"{text[0].upper()}{text[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == chosen:
            module = _module(name)
            command.epilog = _epilog(f"{name} {words}".strip() for words in module.EXAMPLES)
            module.add_arguments(command)
    return parser


def _epilog(examples: Iterable[str]) -> str:
    """The end of a help text.

    Args:
        examples: Command lines without the name of the program.
    """
    lines = "\n".join(f"  earsight {example}" for example in examples)
    return f"Examples:\n{lines}\n\n{textwrap.fill(_STATUSES, 80)}"


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"earsight.commands.{name.replace('-', '_')}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status. Errors that the user can act on are one line a problem."""
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in words if word in COMMANDS), None)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # The name of a file may hold bytes that are no text.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser(chosen).parse_args(words)
        command = _module(arguments.command)
        _raise_at_ctrl_c()
        status: int = command.run(arguments)
        if sys.stdout is not None:  # `>&-` closes it
            sys.stdout.flush()
    except ConfigError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE
    except EarsightError as error:
        print(f"earsight: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return FAILED
    except OSError as error:
        _forget_output()
        where = f"{error.filename}: " if error.filename else "standard output: "
        print(f"earsight: {where}{error.strerror}", file=sys.stderr)
        return FAILED
    return status


def _raise_at_ctrl_c() -> None:
    """From here on an interrupted command can clean up."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _forget_output() -> None:
    """Whatever standard output still holds can't be written: keep the interpreter from trying at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
