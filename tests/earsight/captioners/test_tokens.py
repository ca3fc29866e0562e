import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.bundles.bundle import BundleError, bundle_folder
from earsight.captioners.tokens import TokenDecoder

BUILT_IN = bundle_folder("builtin") / "tokenizer.json"


@pytest.fixture(scope="module")
def decoder():
    return TokenDecoder(BUILT_IN)


@pytest.fixture(scope="module")
def library():
    tokenizers = pytest.importorskip("tokenizers", reason="the tokenizers library comes with the train extra")
    return tokenizers.Tokenizer.from_file(str(BUILT_IN))


@pytest.mark.parametrize(
    "text",
    [
        "a dog runs through the snow",
        "two men in t-shirts, one of them laughing",
        "  spaces   in a row ",
        "a café, a naïve façade; 10° €5 — “quoted”",
        "日本語 and emoji 👩‍👩‍👧 too",
        "line\nbreak\tand tab",
        "",
    ],
)
def test_what_the_library_encodes_comes_back(decoder, library, text):
    assert decoder.decode(library.encode(text).ids) == text.strip()


@given(text=st.text(max_size=60))
@settings(deadline=None, max_examples=200)
def test_any_text_comes_back(decoder, library, text):
    assert decoder.decode(library.encode(text).ids) == text.strip()


@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_any_tokens_read_as_in_the_library(decoder, library, data):
    """Also the halves of characters that a search cut short leaves."""
    tokens = data.draw(st.lists(st.integers(0, library.get_vocab_size() - 1), max_size=20))
    assert decoder.decode(tokens) == library.decode(tokens).strip()


def byte_letters():
    """GPT-2's letter for each byte, by its definition: the printable Latin-1 letters for themselves, the
    other bytes in order from U+0100 on."""
    printable = {byte for byte in range(256) if chr(byte).isprintable() and byte != 0x20 and byte != 0xA0}
    others = iter(range(0x100, 0x200))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def written(tmp_path, content):
    path = tmp_path / "tokenizer.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_every_byte(tmp_path):
    vocabulary = {letter: number for number, letter in enumerate(byte_letters())}
    decoder = TokenDecoder(written(tmp_path, {"model": {"vocab": vocabulary}, "added_tokens": []}))
    for number in range(0x110000):
        if not 0xD800 <= number < 0xE000 and (number < 0x400 or number % 997 == 0):
            character = chr(number)
            assert decoder.decode(character.encode()) == character.strip()
    for byte in range(0x80, 0x100):
        assert decoder.decode([byte]) == "�"


def test_special_and_unknown_tokens_add_nothing(tmp_path):
    vocabulary = {"<|end|>": 0, "a": 1, "Ġb": 2}
    added = [{"id": 0, "content": "<|end|>", "special": True}]
    decoder = TokenDecoder(written(tmp_path, {"model": {"vocab": vocabulary}, "added_tokens": added}))
    assert decoder.decode([1, 0, 2, 99, -1, 0]) == "a b"
    assert decoder.decode([]) == ""


DAMAGED = {
    "empty": "",
    "cut": '{"model": {"vocab": {"a"',
    "list": [],
    "text": '"tokenizer"',
    "no model": {"added_tokens": []},
    "no vocabulary": {"model": {}, "added_tokens": []},
    "no special tokens": {"model": {"vocab": {"a": 1}}},
    "vocabulary of pairs of another kind": {"model": {"vocab": [["a", -1.5]]}, "added_tokens": []},
    "vocabulary is a number": {"model": {"vocab": 3}, "added_tokens": []},
    "numbers are text": {"model": {"vocab": {"a": "1"}}, "added_tokens": []},
    "special tokens without number": {"model": {"vocab": {"a": 1}}, "added_tokens": [{}]},
    "special tokens are numbers": {"model": {"vocab": {"a": 1}}, "added_tokens": [0]},
    "very deep": "[" * 100_000,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_tokenizer(tmp_path, content):
    path = written(tmp_path, content)
    with pytest.raises(BundleError) as caught:
        TokenDecoder(path)
    assert str(caught.value).startswith(f"{path}: not a tokenizer")
    assert "export the bundle again" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_tokenizer_that_is_no_text(tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(BundleError, match="not a tokenizer"):
        TokenDecoder(path)


def test_a_missing_tokenizer(tmp_path):
    with pytest.raises(BundleError, match="not a tokenizer"):
        TokenDecoder(tmp_path / "none.json")
