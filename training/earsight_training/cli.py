"""earsight-train: from captioned photos to a model bundle, one step a command."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType

from earsight_training.errors import TrainingError

COMMANDS = {
    "embed": "photos to a file of embeddings, by CLIP; goes on where it stopped",
    "split": "divide embedded photos into train, val and test, near-duplicates on one side",
    "teach": "run the teacher network over crops of the training photos",
    "distill": "teach the encoder to see what the teacher sees; goes on where it stopped",
    "train": "learn to caption; goes on where it stopped",
    "import": "take over a published ClipCap checkpoint, or the mission's",
    "export": "write the model bundle, calibrate and score it on the validation photos",
    "evaluate": "score the captions of a bundle or a checkpoint",
}
FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130
_EPILOG = "Exit status: 0 done; 1 a problem that the message names; 2 wrong usage; 130 interrupted."


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """Only the chosen command's module is loaded: `--help` must not wait for torch."""
    parser = argparse.ArgumentParser(prog="earsight-train", description=__doc__, epilog=_EPILOG)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        command = commands.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=_EPILOG
        )
        if name == chosen:
            _module(name).add_arguments(command)
    return parser


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"earsight_training.commands.{name}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Problems that the user can act on are printed as one line.

    Args:
        argv: Words after the program's name; None takes the process'.

    Returns:
        The exit status: see _EPILOG.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in words if word in COMMANDS), None)
    try:
        arguments = _parser(chosen).parse_args(words)
        status: int = _module(arguments.command).run(arguments)
    except TrainingError as error:
        print(f"earsight-train: {error}", file=sys.stderr)
        return FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"earsight-train: {where}{error.strerror or error}", file=sys.stderr)
        return FAILED
    except ImportError as error:
        print(f"earsight-train: {error}; install the training extra: pip install '.[train]'", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return status
