"""What a model that can be asked anything is asked, and what of its answers is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.languages import load_language, promises_safety
from earsight.language.open_answers import may_ask, may_say, open_answer
from earsight.scene import Caption
from tests.earsight.interaction.narrator_stage import POLICY


@pytest.mark.parametrize(
    "question",
    [
        "Is it safe to cross?",
        "Is the way clear?",
        "can I cross",
        "May we go?",
        "Can I walk on?",
        "Is the road free?",
        "Is the traffic light green?",
        "Are there no cars coming?",
        "Apakah aman menyeberang?",
        "Boleh saya menyeberang?",
        "Bisakah kita lewat?",
        "Apakah jalannya kosong?",
    ],
)
def test_whether_one_may_go_is_not_asked(question):
    assert not may_ask(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is on the table?",
        "Who is in front of me?",
        "Is the light on?",
        "What does the label say?",
        "Is the milk in my left hand?",
        "Apa yang ada di meja?",
        "Apakah lampunya menyala?",
    ],
)
def test_everything_else_is(question):
    assert may_ask(question)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("What is ahead?", "the way is clear"),
        ("What is ahead?", "jalannya aman"),
        ("Is a car coming?", "no"),
        ("Is a car coming?", "there are not any"),
        ("Is somebody there?", "nobody"),
        ("Is anything in front of me?", "no"),
        ("Is anything in front of me?", "it does not look like it"),
        ("Are there stairs?", "I see none"),
        ("How many cars are there?", "0"),
        ("Ada mobil?", "tidak"),
        ("Ada orang di depan?", "tidak ada"),
        ("Is this way all right?", "yes"),
        ("Now?", "sure"),
        ("Bagaimana?", "ya"),
        ("What is ahead?", "you are good"),
    ],
)
def test_what_could_be_taken_for_a_promise_is_not_said(question, reply):
    assert not may_say(reply, question)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("What is on the table?", "a cup and two books"),
        ("Is the door open?", "no, the door is closed"),
        ("Is there a car?", "yes, a red car on the left"),
        ("Is there a chair?", "no"),
        ("What is written there?", "platform 7"),
        ("Apakah kursinya merah?", "tidak, kursinya biru"),
        ("Apa warna kursinya?", "kursi itu merah"),
    ],
)
def test_answers_about_things_are_said(question, reply):
    assert may_say(reply, question)


@pytest.mark.parametrize(
    ("confidence", "language", "english", "indonesian"),
    [
        (0.9, "en", "A red cup.", None),
        (0.6, "en", "Probably: a red cup.", None),
        (0.3, "en", "Not sure, maybe: a red cup.", None),
        (0.1, "en", None, None),
        (0.3, "id", None, "Mungkin: a red cup."),
    ],
)
def test_an_answer_has_its_doubt(confidence, language, english, indonesian):
    reply = Caption("a red cup", confidence, 0.0, 0.0, language=language)
    assert open_answer(reply, POLICY.phrasing, load_language("en")) == english
    assert open_answer(reply, POLICY.phrasing, load_language("id")) == indonesian


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_promise_passes(question, reply):
    assert not (may_say(reply, question) and promises_safety(reply))
