"""What Earsight says, as the tests compare it with what was heard."""

from earsight.language.languages import load_language
from earsight.message import Message, Value, message


def english(id: str | Message, **values: Value) -> str:
    """A message in English, by its id."""
    said = id if isinstance(id, Message) else message(id, **values)
    return load_language("en").text(said)
