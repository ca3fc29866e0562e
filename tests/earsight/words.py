"""What Earsight says, as the tests compare it with what was heard."""

from earsight.language.languages import load_language
from earsight.message import Message, Value, message


def words(language: str, id: str | Message, **values: Value) -> str:
    """A message in a language, by its id."""
    said = id if isinstance(id, Message) else message(id, **values)
    return load_language(language).text(said)


def english(id: str | Message, **values: Value) -> str:
    """A message in English, by its id."""
    return words("en", id, **values)


def indonesian(id: str | Message, **values: Value) -> str:
    """A message in Indonesian, by its id."""
    return words("id", id, **values)
