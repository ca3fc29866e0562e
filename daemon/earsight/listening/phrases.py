"""What can be said: the phrases of each action, in English."""

from __future__ import annotations

from earsight.language.english.nouns import NOUNS
from earsight.language.vocabulary import THINGS

PHRASES: dict[str, tuple[str, ...]] = {
    "describe": ("describe", "what do you see", "what is in front of me"),
    "detail": ("more detail", "tell me more", "describe in detail"),
    "repeat": ("again", "repeat", "say that again"),
    "read": ("read", "read this", "read the text", "read that to me"),
    "spell": ("spell it", "spell that"),
    "around": ("around", "look around", "what is around me"),
    "light": ("how bright is it", "how dark is it", "is the light on"),
    "scan": ("scan", "scan the code", "read the code"),
    "status": ("status", "what time is it", "what is the time", "battery level"),
    "narration": ("narration", "start narration", "stop narration"),
    "louder": ("louder", "speak louder"),
    "quieter": ("quieter", "speak quieter"),
    "faster": ("faster", "speak faster"),
    "slower": ("slower", "speak slower"),
    "help": ("help", "what can I press"),
    "stop": ("stop", "be quiet", "cancel"),
    "menu": ("menu", "open the menu"),
    "switch_off": ("switch off", "turn off"),
}
"""By the names of the actions that are asked for without more."""

FIND = ("find people", "find the {one}", "find a {one}", "find {one}", "find my {one}", "look for the {one}")
"""Of the action find; {one}: a thing."""

QUESTIONS = (
    "how many {many} are there",
    "how many {many}",
    "is there a {one}",
    "are there any {many}",
    "where is the {one}",
    "what colour is the {one}",
    "what colour is it",
    "what colour is this",
)
"""Of the action ask, which is given all of the words. {one}: a thing, {many}: things."""

_LEFT_OUT = frozenset(
    "man woman child boy girl baby monkey tram scooter cart wheelchair building bridge flower rock playground"
    " tent wall window cabinet plate guitar microphone toy stick sled flag fire tie".split()
)
"""Names that are not listened for: the built-in model can't tell these things, and each name more is one more
that others may be taken for. So many words sound like "tie" that it is not listened for either."""

_CONTRACTED = (("what is ", "what's "), ("where is ", "where's "))


def in_full(text: str) -> str:
    """A sentence with its contracted words in full."""
    for full, short in _CONTRACTED:
        text = text.replace(short, full)
    return text


def things() -> dict[str, tuple[str, str]]:
    """The things that can be asked for.

    Returns:
        For each name of the vocabulary, the words for one and for several, without an article and in small
        letters; "" for several of what is not counted.
    """
    found = {}
    for name, noun in NOUNS.items():
        if not THINGS[name].place and name not in _LEFT_OUT:
            one = noun.one.removeprefix("a ").removeprefix("an ").lower()
            found[name] = (one, noun.many.lower())
    return found


def contracted(phrase: str) -> list[str]:
    """A phrase as it is written, and as people say it."""
    said = [phrase.replace(long, short) for long, short in _CONTRACTED if phrase.startswith(long)]
    return [phrase, *said]
