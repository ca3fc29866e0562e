"""The root of the errors that training reports to its user."""


class TrainingError(Exception):
    """A problem that the user can act on; the message is one line: what is wrong, with what, and what to
    do."""
