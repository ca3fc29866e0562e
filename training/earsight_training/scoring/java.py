"""The Java programs that come with pycocoevalcap: Stanford's PTB tokenizer, METEOR 1.5 and SPICE.

They are run here, not by pycocoevalcap's own wrappers, for four reasons: the wrappers write temporary files
into the installed package and leave them there when Java is missing; they take a child that died for one that
found nothing; METEOR's blocks for ever in its destructor after an error; and what all of them read and write
depends on the locale. The programs, their options and the punctuation that is dropped are the same.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from earsight_training.errors import TrainingError


class JavaError(TrainingError):
    """Java is missing, or one of its programs failed."""


# One language, whatever the machine's: under a German locale METEOR reads and writes "0,5", under a Turkish
# one "I" becomes a dotless "i" in lower case. Java takes its standard streams' encoding from the locale, too.
_ONE_LOCALE = (
    "-Duser.language=en",
    "-Duser.country=US",
    "-Duser.variant=",
    "-Duser.script=",
    "-Duser.extensions=",
    *(f"-D{name}.encoding=UTF-8" for name in ("file", "stdin", "stdout", "stderr")),
)
_OVERRIDING = "_JAVA_OPTIONS"
"""A variable whose options come after those of the command line, and so before them in rank."""


def command(*arguments: str) -> list[str]:
    """Return a command that runs Java in US English and UTF-8, whatever the locale is."""
    return ["java", *_ONE_LOCALE, *arguments]


def environment() -> dict[str, str]:
    """Return the environment to run command() in: file names are UTF-8, and no variable changes the
    language."""
    variables = {**os.environ, "LC_ALL": "C.UTF-8"}
    if _OVERRIDING in variables:
        variables[_OVERRIDING] = " ".join([variables[_OVERRIDING], *_ONE_LOCALE])
    return variables


def start(arguments: Sequence[str], folder: Path, errors: IO[bytes]) -> subprocess.Popen[str]:
    """Start a child to talk to, line by line.

    Args:
        arguments: Of Java.
        folder: To run it in.
        errors: Gets what the child complains about.

    Raises:
        JavaError: Java can't be started.
    """
    try:
        return subprocess.Popen(
            command(*arguments),
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise _missing(error) from error


def run(
    name: str, arguments: Sequence[str], folder: Path, text: str = "", patience: float | None = None
) -> str:
    """What the program answers to a text on its standard input.

    Args:
        name: of the program, for the message of an error.
        arguments: of Java.
        folder: to run it in.
        text: for its standard input.
        patience: seconds that it may take; None: any time.

    Raises:
        JavaError: Java is missing, the program failed, or it took too long.
    """
    try:
        done = subprocess.run(
            command(*arguments),
            cwd=folder,
            env=environment(),
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=patience,
        )
    except OSError as error:
        raise _missing(error) from error
    except subprocess.TimeoutExpired as error:
        raise too_slow(name, error.timeout) from error
    if done.returncode:
        raise JavaError(f"{name} failed ({done.returncode}): {last_line(done.stderr)}")
    return done.stdout


def last_line(complaints: str) -> str:
    """The line that says what is wrong: the last one that is no place in a stack trace."""
    lines = [
        line.strip()
        for line in complaints.splitlines()
        if line.strip() and not line.startswith(("\tat ", "Picked up "))
    ]
    return lines[-1] if lines else "it did not say why"


def too_slow(name: str, patience: float) -> JavaError:
    """Make the error for a program that took longer than its patience."""
    return JavaError(f"{name} did not answer within {patience:.0f} s; does `java -version` work?")


def _missing(error: OSError) -> JavaError:
    return JavaError(f"scoring needs Java: apt install default-jre-headless ({error.strerror})")


def tokenize(texts: Sequence[str], patience: float | None = None) -> list[str]:
    """Each text as lower-case Penn Treebank tokens without punctuation, joined by spaces.

    The same as pycocoevalcap's PTBTokenizer. All texts take one start of Java.

    Args:
        texts: may be empty, of punctuation only, or contain line breaks, which count as spaces.
        patience: seconds that it may take; None: any time.

    Raises:
        JavaError: Java is missing, the program failed, or it took too long.
    """
    from pycocoevalcap.tokenizer import ptbtokenizer

    lines = "".join(" ".join(text.split()) + "\n" for text in texts)
    jar = ptbtokenizer.STANFORD_CORENLP_3_4_1_JAR
    options = ("-preserveLines", "-lowerCase", "-encoding", "UTF-8")
    answer = run(
        "Stanford's tokenizer",
        ["-cp", jar, "edu.stanford.nlp.process.PTBTokenizer", *options],
        Path(ptbtokenizer.__file__).parent,
        lines,
        patience,
    )
    tokenized = answer.split("\n")[:-1]
    if len(tokenized) != len(texts):
        raise JavaError(f"Stanford's tokenizer made {len(tokenized)} lines of {len(texts)}")
    punctuation = set(ptbtokenizer.PUNCTUATIONS)
    return [" ".join(word for word in line.split() if word not in punctuation) for line in tokenized]
