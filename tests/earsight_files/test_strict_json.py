import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight_files.strict_json import read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES)
def test_what_json_writes_comes_back(value):
    assert read_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"images": 1, "x": {"a": 1, "b": 2, "a": 3}}', "the key 'a' is given twice"),
        ("{", "Expecting property name"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_refusals(text, said):
    with pytest.raises(ValueError, match=said):
        read_json(text)
