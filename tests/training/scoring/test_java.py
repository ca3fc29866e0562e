import shutil
from pathlib import Path

import pytest

pytest.importorskip("pycocoevalcap", reason="pycocoevalcap comes with the train extra")

from pycocoevalcap.tokenizer import ptbtokenizer

from earsight_training.scoring.java import JavaError, tokenize

needs_java = pytest.mark.skipif(not shutil.which("java"), reason="pycocoevalcap needs Java")

TEXTS = [
    "A man's dog, brown, isn't here -- \"really\"?",
    "",
    "two\nlines\r\nand a\u2028third\x0cand\x85more",
    "...",
    "café, naïve 🐕 ||| pipes",
    "   ",
    "last",
]


@needs_java
def test_every_text_has_its_tokens():
    folder = Path(ptbtokenizer.__file__).parent
    before = set(folder.iterdir())
    tokens = tokenize(TEXTS)
    assert tokens == [
        "a man 's dog brown is n't here really",
        "",
        "two lines and a third and more",
        "",
        tokens[4],
        "",
        "last",
    ]
    assert tokens[4].startswith("café naïve")
    assert set(folder.iterdir()) == before


@needs_java
def test_the_same_as_pycocoevalcap():
    texts = [text for text in TEXTS if text.isascii() and text.strip() and text.isprintable()]
    wrapped = ptbtokenizer.PTBTokenizer().tokenize({i: [{"caption": text}] for i, text in enumerate(texts)})
    assert tokenize(texts) == [wrapped[i][0] for i in range(len(texts))]


def test_without_java_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JavaError, match="needs Java"):
        tokenize(["a dog"])


def test_a_tokenizer_that_fails(java_that):
    java_that("echo 'Exception: no heap' >&2; printf '\\tat Main.main(Main.java)\\n' >&2; exit 3")
    with pytest.raises(JavaError, match=r"failed \(3\): Exception: no heap"):
        tokenize(["a dog"])


def test_a_tokenizer_that_loses_lines(java_that):
    java_that("echo one")
    with pytest.raises(JavaError, match="made 1 lines of 2"):
        tokenize(["a dog", "a cat"])
