"""Whatever the settings hold, the loader gives a configuration or an error."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.config.loader import ConfigError, load_config
from earsight.config.schema import Config
from earsight.config.section import section_kinds


def load_bytes(folder, data):
    file = folder / "any.yaml"
    file.write_bytes(data)
    try:
        return load_config(file)
    except ConfigError as refusal:
        told = refusal.problems
        assert told
        assert all(line.isprintable() for line in told)
        return None


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_config_or_an_error(tmp_path_factory, data):
    load_bytes(tmp_path_factory.getbasetemp(), data)


SECTIONS = [kind for field in Config.model_fields.values() for kind in section_kinds(field.annotation)]
KEYS = sorted({*Config.model_fields, *(key for section in SECTIONS for key in section.model_fields)})
names = st.sampled_from(KEYS) | st.text(max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates()
leaves = scalars | st.sampled_from(["auto", "gstreamer", "piper", "~", "..", "/dev/video0", {"pin": 17}])
mappings = st.dictionaries(
    names, st.dictionaries(names, leaves | st.lists(leaves, max_size=3), max_size=4) | leaves, max_size=5
)


@settings(deadline=None, max_examples=80)
@given(mappings)
def test_any_tree_gives_a_config_or_an_error(tmp_path_factory, tree):
    load_bytes(tmp_path_factory.getbasetemp(), yaml.safe_dump(tree, allow_unicode=True).encode())


values = {
    "voice": st.fixed_dictionaries({}, optional={"rate": st.integers(80, 450), "volume": st.floats(0, 1)}),
    "camera": st.fixed_dictionaries(
        {}, optional={"device": st.integers(0, 255), "rotation": st.sampled_from([0, 90])}
    ),
    "narration": st.fixed_dictionaries({}, optional={"every": st.none() | st.floats(1, 3600)}),
}


@settings(deadline=None, max_examples=60)
@given(st.fixed_dictionaries({}, optional=values))
def test_good_trees_are_taken_as_they_are(tmp_path_factory, tree):
    config = load_bytes(tmp_path_factory.getbasetemp(), yaml.safe_dump(tree).encode())
    assert config is not None
    assert config == Config.model_validate(tree)
