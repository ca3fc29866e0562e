"""What has changed around the wearer, in words. In any language, by its grammar."""

from __future__ import annotations

from earsight.language.grammar import Grammar
from earsight.language.groups import Changes
from earsight.language.language import capitalized
from earsight.message import message


def worded(changes: Changes, words: int, grammar: Grammar) -> tuple[str, Changes]:
    """Put changes into words: what has come, and only where nothing has, what is gone.

    Args:
        changes: What may be told.
        words: How many words there may be.
        grammar: Of the language that is spoken.

    Returns:
        The sentence, "" where there is nothing to say in so many words; and those of the changes that it
        tells.
    """
    for count in range(len(changes.come), 0, -1):
        text = f"{capitalized(grammar.things(changes.come[:count]))}."
        if _fits(text, words, grammar):
            return text, Changes(come=changes.come[:count])
    if changes.gone and not changes.come:
        text = grammar.text(message("narration.gone", things=grammar.things(changes.gone)))
        if _fits(text, words, grammar):
            return text, Changes(gone=changes.gone)
    return "", Changes()


def _fits(text: str, words: int, grammar: Grammar) -> bool:
    return len(text.split()) <= words and not grammar.is_unfit(text)
