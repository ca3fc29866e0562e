"""How questions about a scene are asked in English."""

from __future__ import annotations

from earsight.language.english.nouns import NOUNS
from earsight.language.question_forms import Forms, NounForms, QuestionKind

FORMS = Forms(
    templates={
        QuestionKind.HOW_MANY: (
            "how many {many}",
            "how many {many} are there",
            "how many {many} do you see",
            "count the {many}",
        ),
        QuestionKind.IS_THERE: (
            "is there {a}",
            "are there {many}",
            "are there any {many}",
            "do you see {a}",
            "do you see any {many}",
            "can you see {a}",
        ),
        QuestionKind.WHERE: ("where is the {one}", "where are the {many}", "where is {a}"),
        QuestionKind.COLOUR: (
            "what colour is the {one}",
            "what colour are the {many}",
            "what is the colour of the {one}",
        ),
    },
    about_this=("what colour is this", "what colour is it", "what colour is that", "what colour"),
    written={
        "color": "colour",
        "whats": "what is",
        "wheres": "where is",
        "which colour": "what colour",
        "anyone": "somebody",
        "anybody": "somebody",
    },
    fillers=("please", "here", "there", "now", "in front of me", "around me", "in the picture", "tell me"),
    before_noun=frozenset("a an the any some my of".split()),
    after_noun=frozenset(("can you see", "can i see", "do i see", "there are", "are here")),
    speakers=frozenset("i we you one he she they".split()),
    affirming=frozenset(
        "yes yeah yep yup sure certainly definitely absolutely correct right true indeed ok okay".split()
    ),
    denying=frozenset(
        "no not nope none never nothing nobody noone nowhere neither nor without zero 0 empty absent missing"
        " false cannot cant isnt arent doesnt dont wasnt hasnt havent incorrect wrong".split()
    ),
)


def noun_forms() -> dict[str, NounForms]:
    """The forms of all nouns, by their name in the vocabulary."""
    return {name: _forms(name) for name in NOUNS}


def _forms(name: str) -> NounForms:
    noun = NOUNS[name]
    one = noun.one.split(" ", 1)[-1] if noun.many else noun.one
    singles = [name, *sorted(word.replace("-", " ") for word in noun.words)]
    plurals = [f"{word}{ending}" for word in singles for ending in ("s", "es")]
    others = (*singles, *plurals, *(word.replace("-", " ") for word in sorted(noun.plurals)))
    return NounForms(a=noun.one.lower(), one=one.lower(), many=(noun.many or noun.one).lower(), others=others)
