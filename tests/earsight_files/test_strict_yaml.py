import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight_files.strict_yaml import MAX_DEPTH, MAX_VALUES, YamlTreeError, read_tree

LAUGHS = "\n".join(
    ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
)


def test_values_remember_their_lines():
    tree = read_tree("a:\n  b: 1\n  c: [x,\n   yes]\n# end\nd:\n")
    assert tree.value == {"a": {"b": 1, "c": ["x", "yes"]}, "d": None}
    assert tree.lines[("a", "b")] == 2
    assert tree.lines[("a", "c")] == 3
    assert tree.lines[("a", "c", 1)] == 4
    assert tree.lines[("d",)] == 6
    assert tree.sources[("a", "c", 1)] == "yes"


def test_keys_are_text_and_so_are_dates():
    assert read_tree("on: 2024-13-41\n1: x").value == {"on": "2024-13-41", "1": "x"}


def test_aliases():
    assert read_tree("a: &x {b: 1}\nc: *x").value == {"a": {"b": 1}, "c": {"b": 1}}


def test_repeated_keys_are_reported():
    assert read_tree("a: {b: 1,\n b: 2}").duplicates == [(("a", "b"), 2, 1)]


def test_nothing():
    assert read_tree("# only a comment\n").value is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0", 0),
        ("-17", -17),
        ("+5", 5),
        ("2e-5", 2e-5),  # a text in YAML 1.1
        ("1E3", 1000.0),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.Inf", float("-inf")),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        *((text, text) for text in ("yes", "No", "on", "OFF", "y", "n")),  # booleans in YAML 1.1
        *((text, text) for text in ("2:30", "10:20:30.5", "190:20:30")),  # numbers to the base 60
        *((text, text) for text in ("00:1A:7D:DA:71:13", "1.2.3", "1,000", "+", ".", "e5", "0x", "=")),
        ("2024-01-31", "2024-01-31"),
        *((f"{quote}{text}{quote}", text) for text in ("017", "true", "1", "") for quote in "'\""),
        ("!!str 017", "017"),
        ("!!float 3", 3.0),
        ("!!int 3", 3),
    ],
)
def test_a_scalar_is_what_it_looks_like(written, read):
    value = read_tree(f"key: {written}").value["key"]
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(
    "written",
    [
        "017",
        "0175",
        "08",
        "00",
        "-017",
        "+01",
        "01.5",
        "0_7",
        "1_000",
        "0x1F",
        "0X1f",
        "0o17",
        "0b11",
        "1_0.5",
        "01e3",
    ],
)
@pytest.mark.parametrize("before", ["", "!!int ", "!!float "])
def test_what_versions_of_yaml_disagree_about_is_refused(written, before):
    with pytest.raises(YamlTreeError) as caught:
        read_tree(f"\ntriggers:\n  button: [{{pin: {before}{written}}}]")
    assert str(caught.value).startswith(f"triggers.button.0.pin: {written} means different things")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("a: 1\nb: [", 2, "not valid YAML"),
        ("a: b: c", 1, "not valid YAML"),
        ("a: 1\n---\nb: 2", 2, "not valid YAML"),
        ('a: "\\ud800"', 1, "half a character"),
        ("a: *nowhere", 1, "nowhere"),
        ("\na: \x07", 2, "U+0007"),
        ("a: !!int yes", 1, "is no int"),
        ("a: !!int word", 1, "is no int"),
        ("a: !!float ''", 1, "is no float"),
        ("a: !!bool maybe", 1, "is no bool"),
        ("a: " + "9" * 5000, 1, "more than 100 characters"),
        ("a: 0." + "9" * 5000, 1, "more than 100 characters"),
        ("a: !!bool yes", 1, "is no bool"),
        ("a: !!int 1.0", 1, "is no int"),
        ("a: !!int 2:30", 1, "is no int"),
        ("a: !!float 2:30", 1, "is no float"),
        ("a: !!null 0", 1, "is no null"),
        ("a: !!timestamp 2024-01-31", 1, "!!timestamp"),
        ("a: !!python/object/apply:os.system [echo]", 1, "python/object"),
        ("a: !!binary aGk=", 1, "!!binary"),
        ("? [a]\n: b", 1, "a key that is not text"),
        ("a: &a [*a]", 1, "levels"),
        ("a: " + "[" * 30_000, 1, f"more than {MAX_DEPTH} levels"),
        ("a: " + "{x: " * 10_000, 1, f"more than {MAX_DEPTH} levels"),
        (LAUGHS, 1, f"more than {MAX_VALUES} values"),
    ],
)
def test_refusals(text, line, told):
    with pytest.raises(YamlTreeError) as caught:
        read_tree(text)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.line == line


@settings(deadline=None)
@given(st.text() | st.text(alphabet="ab:-[]{}&*!? \n\t'\"|>%@`,#~<=0123456789.e_"))
def test_any_text_is_read_or_refused(text):
    try:
        read_tree(text)
    except YamlTreeError as refusal:
        line = refusal.line
        assert 1 <= line <= len(text) + 1


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
trees = st.recursive(
    scalars, lambda t: st.lists(t, max_size=4) | st.dictionaries(st.text(), t, max_size=4), max_leaves=15
)


@settings(deadline=None, max_examples=40)
@given(trees)
def test_it_reads_all_json(value):
    assert read_tree(json.dumps(value)).value == value
