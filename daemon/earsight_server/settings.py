"""What bounds the server: sizes, counts and times."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 10**6


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may take. Times are in seconds.

    Attributes:
        picture_bytes: Of a photo's file.
        form_bytes: Of all else in a request.
        megapixels: Of a photo. Some kinds of files may have fewer; see earsight_files.photos.
        buffered_bytes: Of all request bodies that are held at a time.
        waiting: Photos that may wait while others are looked at. One more is refused with 503.
        connections: That are open at a time. For one more, one that does nothing is ended.
        speech_characters: Of a text to say.
        headers: For the head of a request, from its first byte or that of the connection.
        chunk: For the next part of a body.
        body: For a whole body.
        writing: For a client that takes none of an answer.
        keep_alive: For the next request of a connection.
    """

    picture_bytes: int = 20 * MEGABYTE
    form_bytes: int = MEGABYTE // 10
    megapixels: float = 100
    buffered_bytes: int = 256 * MEGABYTE
    waiting: int = 16
    connections: int = 1000
    speech_characters: int = 1000
    headers: float = 10.0
    chunk: float = 10.0
    body: float = 120.0
    writing: float = 30.0
    keep_alive: float = 15.0

    @property
    def body_bytes(self) -> int:
        """Of a whole request."""
        return self.picture_bytes + self.form_bytes
