"""The root of the errors that Earsight tells its user about."""

from __future__ import annotations

from earsight.message import Message, message


class EarsightError(Exception):
    """A problem that the user can act on.

    The text is one line in English, for a screen: what is wrong, with what, and what to do about it.

    Attributes:
        spoken: What a wearer hears of it.
    """

    spoken: Message = message("error.unforeseen")


class CaptionerError(EarsightError):
    """The captioner can't be loaded or can't caption: its model is missing, damaged or does not fit."""

    spoken = message("error.captioner")


def spoken_error(error: Exception) -> Message:
    """What a wearer hears of any error; the log has the error itself."""
    return error.spoken if isinstance(error, EarsightError) else EarsightError.spoken
