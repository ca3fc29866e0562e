"""The token of the server: made and shown once; its file holds but its hash."""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path

from earsight.errors import EarsightError
from earsight.system.storage import service_folder, write_whole
from earsight_server.guards.access import Token

_BYTES = 32


def token_path() -> Path:
    """Where the hash is kept: in the service's own folder, or the user's."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return (service_folder("STATE") or Path(home) / "earsight") / "server-token"


def load_token(path: Path, *, anew: bool) -> tuple[Token, str | None]:
    """The token, and its text if it was made just now.

    Args:
        path: Of its file.
        anew: Whether to make another one, so that the old one counts no more.

    Raises:
        EarsightError: The file can't be read or written, or holds something else.
    """
    try:
        if not anew and path.exists():
            return Token(_digest(path)), None
        text = secrets.token_urlsafe(_BYTES)
        digest = sha256(text.encode()).digest()
        old = os.umask(0o077)
        try:
            write_whole(path, digest.hex().encode())
        finally:
            os.umask(old)
    except OSError as error:
        raise EarsightError(f"{path}: the server's token can't be kept: {error.strerror or error}") from error
    return Token(digest), text


def known_token(path: Path) -> Token:
    """A token that was made before.

    Args:
        path: Of its file.

    Raises:
        EarsightError: The file can't be read, or holds something else.
    """
    try:
        return Token(_digest(path))
    except OSError as error:
        raise EarsightError(f"{path}: there is no token of the server: {error.strerror or error}") from error


def _digest(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise EarsightError(
            f"{path}: others may read the server's token: chmod 600, or start with --new-token"
        )
    try:
        digest = bytes.fromhex(path.read_text("ascii"))
        if len(digest) == sha256().digest_size:
            return digest
    except ValueError:
        pass
    raise EarsightError(f"{path}: this is no token of the server: start it once with --new-token")
