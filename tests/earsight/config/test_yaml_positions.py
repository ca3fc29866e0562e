import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.config.yaml_positions import MAX_DEPTH, MAX_VALUES, YamlTreeError, read_tree

LAUGHS = "\n".join(
    ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
)


def test_values_remember_their_lines():
    tree = read_tree("a:\n  b: 1\n  c: [x,\n   yes]\n# end\nd:\n")
    assert tree.value == {"a": {"b": 1, "c": ["x", True]}, "d": None}
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
    ("text", "line", "told"),
    [
        ("a: 1\nb: [", 2, "not valid YAML"),
        ("a: b: c", 1, "not valid YAML"),
        ("a: 1\n---\nb: 2", 2, "not valid YAML"),
        ("a: *nowhere", 1, "nowhere"),
        ("\na: \x07", 2, "U+0007"),
        ("a: 0x_", 1, "is no int"),
        ("a: !!int word", 1, "is no int"),
        ("a: !!float ''", 1, "is no float"),
        ("a: !!bool maybe", 1, "is no bool"),
        ("a: " + "9" * 5000, 1, "is no int"),
        ("a: " + ":".join(["1"] * 20_000), 1, "is no int"),
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


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
trees = st.recursive(
    scalars, lambda t: st.lists(t, max_size=4) | st.dictionaries(st.text(), t, max_size=4), max_leaves=15
)


@settings(deadline=None, max_examples=40)
@given(trees)
def test_it_reads_what_yaml_reads(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    assert read_tree(text).value == yaml.safe_load(text)
