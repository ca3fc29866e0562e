import pytest

from earsight_training.scoring.spoken_things import named_classes, sentences, spoken_things
from earsight_training.scoring.thing_words import AMBIGUOUS, CLASSES, KINDS, WORDS


def named(text, language="en"):
    return [(thing.words, set(thing.classes)) for thing in spoken_things(text, language)]


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_class_is_found_by_its_name_and_by_its_indonesian_words(name):
    assert named_classes(f"There is a {name}.", "en") == {name}
    words = [word.strip() for word in WORDS[name][1].split(",")]
    assert all(words)
    for word in words:
        assert named_classes(f"Ada {word} di sini", "id") == {name}, word


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_english_word_means_its_class(name):
    for word in filter(None, (word.strip() for word in WORDS[name][0].split(","))):
        assert named_classes(f"Two {word}.", "en") == {name}, word


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("A couple of dogs and a group of people", {"dog", "person"}),
        ("A man in an orange shirt and an orange and white cat", {"person", "cat"}),
        ("An orange ahead, a bowl of oranges", {"orange", "bowl"}),
        ("A man with glasses at a bus stop", {"person"}),
        ("People crossing the street at a zebra crossing", {"person", "crossing"}),
        ("A zebra. A fire hydrant. A traffic light.", {"zebra", "fire hydrant", "traffic light"}),
        ("Not sure what this is.", set()),
    ],
)
def test_english(text, classes):
    assert named_classes(text, "en") == classes


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("Orang-orang dan anjing-anjing", {"person", "dog"}),
        ("Mobilnya di depan rumah", {"car", "building"}),
        ("Seekor anak anjing, kereta dorong, zebra cross", {"dog", "crossing"}),
        ("Dinding cat putih", set()),
        ("Anak laki-laki dengan layang-layang", {"person", "kite"}),
    ],
)
def test_indonesian(text, classes):
    assert named_classes(text, "id") == classes


def test_words_for_several_classes():
    (bike, animal) = spoken_things("A bike and an animal", "en")
    assert (bike.classes, bike.is_kind) == ({"bicycle", "motorcycle"}, False)
    assert animal.is_kind
    assert animal.classes > {"dog", "cat"}
    assert named_classes("A bike and an animal", "en") == set()
    for names in (*AMBIGUOUS, *KINDS):
        assert set(names.split("|")) <= CLASSES


@pytest.mark.parametrize(
    ("language", "text", "directions"),
    [
        ("en", "Street. Car close ahead, two people on the right.", [{"ahead"}, {"right"}]),
        ("en", "A dog.", [set()]),
        ("en", "A table, a cup and a chair on your left, a dog.", [{"left"}, {"left"}, {"left"}, set()]),
        ("en", "People on the left and right.", [{"left", "right"}]),
        ("en", "Cars on both sides, a bus ahead and on the right.", [{"left", "right"}, {"ahead", "right"}]),
        ("en", "Three cars on three sides, a dog.", [{"left", "ahead", "right"}, set()]),
        ("en", "Trees all around. A dog.", [{"left", "ahead", "right"}, set()]),
        ("en", "A man holds his left hand to a dog.", [set(), set()]),
        ("id", "Jalan. Mobil dekat di depan, dua orang di kanan.", [{"ahead"}, {"right"}]),
        ("id", "Meja di sebelah kiri dan kanan.", [{"left", "right"}]),
        ("id", "Anjing dan kucing di kiri dan depan, pohon.", [{"left", "ahead"}, {"left", "ahead"}, set()]),
        ("id", "Mobil di tiga sisi.", [{"left", "ahead", "right"}]),
        ("id", "Orang di sekeliling.", [{"left", "ahead", "right"}]),
        ("id", "Anjing di depan rumah.", [set(), set()]),
    ],
)
def test_directions(language, text, directions):
    assert [thing.directions for thing in spoken_things(text, language)] == directions


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "A dog. Maybe a cat on a chair."), ("id", "Anjing. Mungkin kucing di kursi.")],
)
def test_doubt_is_that_of_the_sentence(language, text):
    assert [thing.doubted for thing in spoken_things(text, language)] == [False, True, True]


def test_sentences():
    assert sentences("Street. Car ahead, a dog at 3.5 metres.") == 2
    assert sentences("") == 0
