from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight_bundle.files import (
    ENCODER,
    FILES,
    OF_A_LANGUAGE,
    Capability,
    in_language,
    is_encoder,
    is_plain_file_name,
    other_encoder,
    weights_of,
)
from earsight_bundle.manifest import SECTIONS, Manifest


def test_names_of_other_files():
    assert other_encoder("float16") == "encoder.float16.onnx"
    assert [in_language(name, "id") for name in OF_A_LANGUAGE] == [
        "decoder.id.onnx",
        "tokens.id.npy",
        "tokenizer.id.json",
    ]
    assert weights_of(other_encoder("float16")) == "encoder.float16.weights"
    assert all(map(is_encoder, (ENCODER, other_encoder("int8"))))
    assert not is_encoder(weights_of(ENCODER))


@pytest.mark.parametrize("name", sorted(frozenset().union(*FILES.values())))
def test_our_own_names_are_plain(name):
    assert is_plain_file_name(name)


def test_every_capability_has_its_files_and_sections():
    assert set(FILES) == set(SECTIONS) == set(get_args(Capability))
    assert all(name in Manifest.model_fields for names in SECTIONS.values() for name in names)


@given(st.text())
def test_no_plain_name_leads_elsewhere(name):
    if is_plain_file_name(name):
        assert not set(name) & {"/", "\0", "\n"}
        assert name not in ("", ".", "..")
