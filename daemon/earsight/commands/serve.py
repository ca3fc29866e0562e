"""earsight serve: the page and the API, for a browser and for programs."""

from __future__ import annotations

import argparse
from importlib import import_module
from importlib.util import find_spec

from earsight.commands.arguments import file_path
from earsight.errors import EarsightError

EXAMPLES = (
    "",
    "--config earsight.yaml --port 8080",
    "--host 0.0.0.0 --name camera.local --tls-cert cert.pem --tls-key key.pem",
)

_NEEDED = ("fastapi", "uvicorn", "python_multipart", "prometheus_client", "jinja2", "lameenc")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen at (default: %(default)s, which only this machine reaches); for any other, "
        "a token is made, shown once, and asked for",
    )
    parser.add_argument("--port", type=_port, default=8000, help="port to listen at (default: %(default)s)")
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="name by which others reach it, as behind a proxy; may be given again. Takes a token, too",
    )
    parser.add_argument("--tls-cert", type=file_path, metavar="FILE", help="certificates for TLS (PEM)")
    parser.add_argument("--tls-key", type=file_path, metavar="FILE", help="their key (PEM)")
    parser.add_argument(
        "--new-token", action="store_true", help="make and show another token; the old one ends"
    )
    parser.add_argument(
        "--config",
        type=file_path,
        metavar="FILE",
        help="settings file (YAML) for model, wording and voice; without one, the default settings",
    )
    parser.add_argument(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help="photos that are looked at side by side, each by a model of its own (default: %(default)s)",
    )


def _port(text: str) -> int:
    return _number(text, 65535)


def _workers(text: str) -> int:
    return _number(text, 64)


def _number(text: str, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"a number from 1 to {most} is needed, not {text!r}")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Serve until it is asked to end.

    Raises:
        EarsightError: The extra is missing, or the server can't start.
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise EarsightError(
            f"the server's packages are missing ({', '.join(missing)}): run script/serve, "
            "or pip install 'earsight[server]'"
        )
    # By its name and only here: the daemon works without the package beside it.
    status: int = import_module("earsight_server.serving").serve(arguments)
    return status
