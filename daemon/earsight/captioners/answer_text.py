"""From the answer of a model that chats to what can be said: a caption, or a reply to a question."""

from __future__ import annotations

import re

from earsight.captioners.truncation import FUNCTION_WORDS, without_dangling_words

_MOST_WORDS = 30
"""Of a caption. What is longer is no short sentence, and nobody would hear it out."""

_MOST_REPLY_WORDS = 40
"""Of a reply to a question, which may have several sentences."""

_LEAD_INS = {
    "en": r"(?:in )?(?:the|this|that|an?) (?:image|picture|photo|photograph|scene)"
    r"(?: here)?,? (?:shows|depicts|features|displays|captures|is of"
    r"|there (?:is|are)|you can see|we see|we can see)"
    r" |here is |there (?:is|are) ",
    "id": r"(?:di |pada |dalam )?(?:gambar|foto)(?: ini| tersebut)?,? (?:ini )?"
    r"(?:menunjukkan|memperlihatkan|menampilkan|menggambarkan|adalah|terdapat|terlihat|tampak|ada) "
    r"|(?:terdapat|terlihat|tampak|ada) ",
}
"""What only says that a description follows, by language."""

_REFUSALS = {
    "en": r"(?:i|i'm|i am|sorry|unfortunately|as an ai|unable|cannot|can't|none|n/a|unknown)\b",
    "id": r"(?:saya|aku|maaf|sayangnya|sebagai ai|tidak (?:bisa|dapat|jelas|ada)|n/a)\b",
}
"""How an answer begins that describes nothing, by language."""


def caption_text(answer: str, language: str, *, finished: bool = True) -> str:
    """Make a caption of an answer.

    Args:
        answer: In any form: with markdown, several sentences, what the model thought before.
        language: Code of the language that was asked for.
        finished: Whether the answer came to its own end.

    Returns:
        Its first sentence; "" if there is none, it describes nothing, it is too long, or is in another
        language. Whether it promises safety is not looked at here.
    """
    text = _plain(answer)
    sentence, *more = re.split(r"(?<=[.!?])\s", text, maxsplit=1)
    if not finished and not more and not text.endswith((".", "!", "?")):
        sentence = without_dangling_words(sentence, language)
    if re.match(_REFUSALS.get(language, r"(?!)"), sentence, re.IGNORECASE):
        return ""
    sentence = re.sub(f"^(?:{_LEAD_INS.get(language, '(?!)')})", "", sentence, flags=re.IGNORECASE)
    caption = without_capital(sentence.strip(" .,;:!?\"'“”‘’"))
    words = caption.split()
    if not re.search(r"[^\W\d_]", caption) or len(words) > _MOST_WORDS or _is_foreign(words, language):
        return ""
    return caption


def reply_text(answer: str, language: str, *, finished: bool = True) -> str:
    """Make a reply to a question of an answer.

    Args:
        answer: As for caption_text().
        language: Code of the language that was asked for.
        finished: Whether the answer came to its own end.

    Returns:
        Its first sentences, without the last full stop; "" if it says nothing or that it doesn't know, if its
        first sentence is too long, or it is in another language. Whether it may be said is not looked at.
    """
    sentences = re.split(r"(?<=[.!?])\s", _plain(answer))
    if not finished and not sentences[-1].endswith((".", "!", "?")):
        *sentences, last = sentences
        sentences = sentences or [without_dangling_words(last, language)]
    refusal = re.compile(_REFUSALS.get(language, r"(?!)"), re.IGNORECASE)
    kept: list[str] = []
    for sentence in sentences:
        if refusal.match(sentence) or len(" ".join([*kept, sentence]).split()) > _MOST_REPLY_WORDS:
            break
        kept.append(sentence)
    reply = re.sub(f"^(?:{_LEAD_INS.get(language, '(?!)')})", "", " ".join(kept), flags=re.IGNORECASE)
    reply = without_capital(reply.strip(" .,;:!?\"'“”‘’"))
    return "" if not re.search(r"\w", reply) or _is_foreign(reply.split(), language) else reply


def first_sentence(text: str) -> str:
    """The first sentence of a text, as a caption: lower-case, without a full stop."""
    return without_capital(re.split(r"(?<=[.!?])\s", " ".join(text.split()))[0].rstrip(" ."))


def without_capital(sentence: str) -> str:
    """A sentence that may stand within another one: "A dog" becomes "a dog", and "TV" stays."""
    first = sentence.split(" ")[0]
    return sentence if first[1:] != first[1:].lower() else sentence[:1].lower() + sentence[1:]


def _plain(answer: str) -> str:
    """The first line that is no heading, without thoughts, markdown and what can't be shown."""
    text = re.sub(r"(?s)<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", " ", answer)
    text = re.sub(r"```\w*|!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    lines = [line.strip() for line in text.splitlines() if re.search(r"\w", line)]
    line = next((line for line in lines if not line.startswith("#") and not line.endswith(":")), "")
    line = re.sub(r"^(?:[-*+>•]|\d+[.)])\s+", "", line)
    line = re.sub(r"[*_`~|<>{}\[\]\\#]+", " ", line)
    line = "".join(letter if letter.isprintable() else " " for letter in line)
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(line.split())).strip(" \"'“”‘’")


def _is_foreign(words: list[str], language: str) -> bool:
    """Whether a text is in another language, by the small words of each."""
    if language not in FUNCTION_WORDS:
        return False
    said = [word.strip(".,;:!?\"'").lower() for word in words]
    counts = {code: sum(word in known for word in said) for code, known in FUNCTION_WORDS.items()}
    return any(count > counts[language] and count > 1 for count in counts.values())
