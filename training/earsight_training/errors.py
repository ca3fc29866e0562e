"""The root of the errors that training tells its user about."""


class TrainingError(Exception):
    """A problem that the user can act on; the message is one line: what is wrong, with what, what to do."""
