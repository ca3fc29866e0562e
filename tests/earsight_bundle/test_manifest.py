import json
import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from earsight_bundle.files import MANIFEST, Capability
from earsight_bundle.manifest import MAX_MANIFEST_BYTES, FeatureName, ImageFit, Manifest

ROOT = Path(__file__).parents[2]
BUILT_IN = ROOT / "daemon/earsight/bundles/builtin" / MANIFEST
PAGE = (ROOT / "docs/bundle.md").read_text(encoding="utf-8")


@pytest.fixture
def content():
    return json.loads(BUILT_IN.read_text(encoding="utf-8"))


def test_what_is_written_is_what_was_read(content):
    assert BUILT_IN.stat().st_size < MAX_MANIFEST_BYTES
    content = {key: value for key, value in content.items() if value is not None}
    written = Manifest.model_validate(content).model_dump_json(exclude_none=True)
    assert json.loads(written) == content
    assert list(json.loads(written)) == list(content)


def keys(model):
    """The dotted keys of a model's JSON schema; those of a section in a section are told with it."""
    schema = model.model_json_schema()
    for name, entry in schema["properties"].items():
        (choice, *_) = entry.get("anyOf", [entry])
        section = schema["$defs"].get(choice.get("$ref", "").rpartition("/")[2])
        yield from (f"{name}.{inner}" for inner in section["properties"]) if section else [name]


@pytest.mark.parametrize("key", list(keys(Manifest)))
def test_every_key_is_documented(key):
    assert f"| `{key}` |" in PAGE


@pytest.mark.parametrize("word", [*get_args(Capability), *get_args(ImageFit), *get_args(FeatureName)])
def test_every_choice_is_documented(word):
    assert re.search(rf'`"?{word}"?`', PAGE)


def test_a_bundle_may_do_more_than_caption(content):
    manifest = Manifest.model_validate(content | {"capabilities": ["caption", "objects", "place"]})
    assert manifest.capabilities == ("caption", "objects", "place")
    with pytest.raises(ValidationError, match="capabilities"):
        Manifest.model_validate(content | {"capabilities": ["caption", "fly"]})
