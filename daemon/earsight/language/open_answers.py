"""Questions to a model that can be asked anything, and what of its answers may be said.

Such a model looks better than the detector, but it also says what pictures usually show, and it likes to say
yes. So three rules go beyond the check of every sentence, which knows no questions:

- Whether a way is safe, and whether one may go, is not asked: "Yes." would be a promise.
- "No" is said only of things that are known to be harmless. "Is a car coming?" "No." would be a promise, too.
- "Yes" is said only where the question names a thing: "Is this way all right?" "Yes." says too much.
"""

from __future__ import annotations

from earsight.language.grammar import Grammar
from earsight.language.groups import UNDERFOOT
from earsight.language.language import Phrasing, capitalized
from earsight.language.languages import promises_safety
from earsight.language.plain import folded, words
from earsight.language.question_forms import Forms
from earsight.language.questions import FORMS
from earsight.language.readers import READERS, unfit_in_any_language
from earsight.language.vocabulary import MOVING, THINGS, with_kinds
from earsight.message import message
from earsight.scene import Caption

_RISKY = MOVING | UNDERFOOT


def may_ask(question: str) -> bool:
    """Whether a model is asked this: not whether a way is safe or free, nor whether one may go."""
    texts = [question, *(_impersonal(question, forms) for forms in FORMS.values())]
    return not any(map(promises_safety, texts))


def may_say(reply: str, question: str) -> bool:
    """Whether a model's answer to a question may be said, with whatever doubt."""
    if unfit_in_any_language(reply):
        return False
    said = _words(reply)
    named = {name for read in READERS.values() for text in (question, reply) for name in read(text)}
    things = {name for name in named if name in THINGS and not THINGS[name].place}
    if any(word in forms.denying for forms in FORMS.values() for word in said):
        return bool(things) and not any(with_kinds(name) & _RISKY for name in named)
    is_yes = bool(said) and any(said[0] in forms.affirming for forms in FORMS.values())
    return bool(things) or not is_yes


def open_answer(reply: Caption, phrasing: Phrasing, grammar: Grammar) -> str | None:
    """A model's answer with its doubt before it.

    Args:
        reply: The answer, as far as it may be said.
        phrasing: How sure it has to be.
        grammar: Of the wearer's language.

    Returns:
        None where it is too unsure to be said, or in another language.
    """
    if reply.language != grammar.code or reply.confidence < phrasing.maybe:
        return None
    if reply.confidence >= phrasing.plain:
        return f"{capitalized(reply.text)}."
    if reply.confidence >= phrasing.probably:
        return grammar.text(message("ask.probably", answer=reply.text))
    return grammar.text(message("ask.maybe", answer=reply.text))


def _impersonal(text: str, forms: Forms) -> str:
    """As a statement about nobody: "can I cross" becomes "can cross", "bisakah kita lewat" "bisa lewat"."""
    found = (word for word in _words(text) if word not in forms.speakers)
    return " ".join(_without_endings(word, forms) for word in found)


def _without_endings(word: str, forms: Forms) -> str:
    for ending in forms.endings:
        word = word.removesuffix(ending)
    return word


def _words(text: str) -> list[str]:
    """In lower case; "isn't" is one word."""
    return words(folded(text).replace("'", "").replace("\u2019", "")).split()
