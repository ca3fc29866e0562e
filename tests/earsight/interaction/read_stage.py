"""Lines that are read, and what is heard of them."""

from tests.earsight.stand_ins import ShownText, text_line, until

EARCON = "(look)"
LINES = ["First line", "Second line", "Third line", "Fourth line"]


def sentences(lines):
    return [f"{line}." for line in lines]


async def heard_up_to(on, what):
    await until(lambda: what in on.heard)


def shown_in_parts(size):
    """A reader that gives so many of the lines at a time; after the first of them it waits for its gate."""
    reader = ShownText(*map(text_line, LINES))
    reader.a_part = size
    reader.gate.clear()
    return reader
