"""What may come instead of an answer."""

from __future__ import annotations

from earsight.errors import CaptionerError


class RemoteError(CaptionerError):
    """The other machine has not given an answer that can be used.

    Attributes:
        retry_after: Seconds for which it asks to be left alone; None if it does not say.
        status: Of its HTTP answer; None if there was none.
    """

    def __init__(self, text: str, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after
        self.status = status
