import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.indonesian.mentions import named
from earsight.language.indonesian.nouns import NOUNS, NUMBERS
from earsight.language.vocabulary import MANY, THINGS, with_kinds


def numbers(text: str) -> dict[str, float]:
    """Without the kinds that the rest implies."""
    mentions = named(text)
    implied = {kind for name in mentions for kind in with_kinds(name) - {name}}
    return {name: mention.number for name, mention in mentions.items() if name not in implied}


@pytest.mark.parametrize("name", [name for name, thing in THINGS.items() if not thing.place])
def test_what_is_said_of_a_thing_names_it(name: str) -> None:
    noun = NOUNS[name]
    assert numbers(noun.one) == {name: 1}
    if noun.counted:
        assert numbers(f"empat {noun.counted}") == {name: 4}
        assert numbers(f"beberapa {noun.counted}") == {name: MANY}


@pytest.mark.parametrize("name", [name for name, thing in THINGS.items() if thing.place])
def test_what_is_said_of_a_place_names_it(name: str) -> None:
    if name != "forest":  # "among trees"
        assert name in named(NOUNS[name].one)
    assert name in named(NOUNS[name].bare)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dua orang pria", {"man": 2}),
        ("Dua orang berjalan di trotoar.", {"person": 2, "pavement": 1}),
        ("anjing-anjing berlari di salju", {"dog": MANY, "snow": 1}),
        ("anak-anak laki-laki", {"boy": MANY}),
        ("seorang anak laki-laki", {"boy": 1}),
        ("seorang laki-laki", {"man": 1}),
        ("tiga anak anjing", {"dog": 3}),
        ("dua ekor anjing", {"dog": 2}),
        ("seorang pria bersepeda", {"man": 1}),
        ("seorang pengendara sepeda motor", {"person": 1, "motorcycle": 1}),
        ("seorang pria mengendarai sepeda motor", {"man": 1, "motorcycle": 1}),
        ("seorang pria mengendarai sepeda", {"man": 1, "bicycle": 1}),
        ("sekelompok orang", {"person": MANY}),
        ("kerumunan orang", {"person": MANY}),
        ("beberapa mobil", {"car": MANY}),
        ("seorang wanita dan anjingnya", {"woman": 1, "dog": 1}),
        ("seorang pria dan seorang pria lain", {"man": 2}),
        ("seorang pria berdiri dan pria itu tersenyum", {"man": 1}),
        ("seorang pemain sepak bola", {"person": 1}),
        ("orang-orang berjalan-jalan", {"person": MANY}),
        ("bermain di luar", {"outdoors": 1}),
        ("kereta api", {"train": 1}),
        ("zebra cross", {"crossing": 1}),
        ("seekor zebra", {"zebra": 1}),
        ("anak tangga", {"stairs": 1}),
        ("", {}),
    ],
)
def test_what_is_named(text: str, expected: dict[str, float]) -> None:
    assert numbers(text) == expected


def test_what_comes_first() -> None:
    mentions = named("seorang pria melempar bola kepada seekor anjing")
    places = {name: mention.place for name, mention in mentions.items()}
    assert places == {"man": 0, "person": 0, "sports ball": 1, "dog": 2, "animal": 2}


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    for name, mention in named(text).items():
        assert mention.number >= 1
        assert all(named(text)[kind].place <= mention.place for kind in with_kinds(name))


words = st.sampled_from(
    [*sorted({word for noun in NOUNS.values() for word in noun.words}), *NUMBERS.values(), "di", "dan", "itu"]
)


@given(st.lists(words, max_size=12).map(" ".join))
def test_there_are_as_many_of_a_kind_as_of_what_belongs_to_it(text: str) -> None:
    found = named(text)
    for name, mention in found.items():
        for kind in with_kinds(name):
            assert found[kind].number >= mention.number or not THINGS[kind].counted
