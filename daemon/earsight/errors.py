"""The root of the errors that Earsight tells its user about."""


class EarsightError(Exception):
    """A problem that the user can act on.

    The message is one line for a screen: what is wrong, with what, and what to do about it.
    """
