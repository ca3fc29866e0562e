"""What a model that chats is asked, by language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompts:
    """In one language.

    Attributes:
        caption: Asks for a caption; the settings may have another one.
        question: Asks a question of the wearer, {question}.
        never: Follows, whatever the settings say. The check of safety does not rely on it.
    """

    caption: str
    question: str
    never: str


PROMPTS = {
    "en": Prompts(
        "Describe this photo to a blind person who wears the camera, in one short sentence of at most"
        " 15 words. Name people, things and the place that can be seen clearly, the most important first."
        " Don't guess. Answer with the sentence only.",
        'A blind person who wears the camera asks about this photo: "{question}" Answer in English, in one'
        " short sentence of at most 25 words, and say only what can be seen clearly. Don't speak to the"
        " person, and don't guess: if the photo doesn't show it, or you are unsure, answer only: I don't"
        " know.",
        "Never say that a way, a street or anything else is safe, clear, free or empty, or that one can go.",
    ),
    "id": Prompts(
        "Jelaskan foto ini kepada orang tunanetra yang memakai kamera, dalam satu kalimat pendek bahasa"
        " Indonesia, paling banyak 15 kata. Sebutkan orang, benda, dan tempat yang terlihat jelas, yang"
        " terpenting dulu. Jangan menebak. Jawab hanya dengan kalimat itu.",
        'Orang tunanetra yang memakai kamera bertanya tentang foto ini: "{question}" Jawab dalam bahasa'
        " Indonesia, dalam satu kalimat pendek, paling banyak 25 kata, dan sebutkan hanya yang terlihat"
        " jelas. Jangan menyapa orang itu, dan jangan menebak: kalau foto ini tidak memperlihatkannya atau"
        " kamu tidak yakin, jawab hanya: Saya tidak tahu.",
        "Jangan pernah mengatakan bahwa jalan atau apa pun aman, lancar, bebas, atau kosong, atau bahwa orang"
        " boleh berjalan.",
    ),
}
