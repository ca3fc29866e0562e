"""earsight-train: from captioned photos to a model bundle, one step a command."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
import textwrap
from collections.abc import Iterable, Sequence
from types import ModuleType

from earsight_files.text import printable
from earsight_training.errors import TrainingError

COMMANDS = {
    "embed": "photos to a file of embeddings, by CLIP; goes on where it stopped",
    "split": "divide embedded photos into train, val and test, near-duplicates on one side",
    "teach": "run the teacher network over crops of the training photos",
    "distill": "teach the encoder to see what the teacher sees; goes on where it stopped",
    "see": "teach the encoder what photos of all kinds show; goes on where it stopped",
    "train": "learn to caption; goes on where it stopped",
    "detect": "learn to find objects; goes on where it stopped",
    "place": "fit the place head on what a bundle's encoder sees",
    "join": "put a detector and a place head into a bundle, and calibrate them",
    "import": "take over a published ClipCap checkpoint, or the mission's",
    "export": "write the model bundle, calibrate and score it on the validation photos",
    "language": "put a decoder of one more language into a bundle, calibrate and score it",
    "calibrate": "fit the confidence of a bundle on captioned photos of several kinds",
    "evaluate": "score what a bundle or a checkpoint says of captioned or labelled photos",
}
FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130
_STATUSES = "Exit status: 0: done. 1: a problem that the message names. 2: wrong usage. 130: interrupted."


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """Only the chosen command's module is loaded, and it loads torch only to run: `--help` must not wait."""
    parser = argparse.ArgumentParser(
        prog="earsight-train",
        description=__doc__,
        epilog=_epilog(["embed --data photos --clip RN50x4 --out photos.safetensors", "COMMAND --help"]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
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
            examples = [f"{name} {words}" for words in module.EXAMPLES]
            command.epilog = _epilog(examples, getattr(module, "NOTE", ""))
            module.add_arguments(command)
    return parser


def _epilog(examples: Iterable[str], note: str = "") -> str:
    """The end of a help text.

    Args:
        examples: Command lines without the name of the program.
        note: What else there is to say.
    """
    lines = "\n".join(f"  earsight-train {example}" for example in examples)
    ends = [textwrap.fill(text, 80) for text in (note, _STATUSES) if text]
    return "\n\n".join([f"Examples:\n{lines}", *ends])


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"earsight_training.commands.{name}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Problems that the user can act on are printed as one line.

    Args:
        argv: Words after the program's name; None takes the process'.

    Returns:
        The exit status: see _STATUSES.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names of files need not be text, or not of this locale
            stream.reconfigure(errors="backslashreplace")
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in words if word in COMMANDS), None)
    try:
        arguments = _parser(chosen).parse_args(words)
        status: int = _module(arguments.command).run(arguments)
    except TrainingError as error:
        print(f"earsight-train: {printable(str(error))}", file=sys.stderr)
        return FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"earsight-train: {printable(f'{where}{error.strerror or error}')}", file=sys.stderr)
        return FAILED
    except ImportError as error:
        print(f"earsight-train: {error}; install the training extra: pip install '.[train]'", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return status
