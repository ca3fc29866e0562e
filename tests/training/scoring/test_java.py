import shutil
from pathlib import Path

import pytest

pytest.importorskip("pycocoevalcap", reason="pycocoevalcap comes with the train extra")

from pycocoevalcap.tokenizer import ptbtokenizer

from earsight_training.scoring.java import JavaError, run, tokenize
from earsight_training.scoring.meteor import meteor
from earsight_training.scoring.scores import rehearse

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


def test_a_tokenizer_that_hangs(java_that):
    java_that("exec sleep 60")
    with pytest.raises(JavaError, match="Stanford's tokenizer did not answer within 1 s"):
        tokenize(["a dog"], patience=1)


def test_java_runs_in_us_english_and_utf_8(java_that, monkeypatch):
    monkeypatch.setenv("_JAVA_OPTIONS", "-Xshare:auto -Duser.language=de")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    java_that('echo "$*" "/$_JAVA_OPTIONS/" "$LC_ALL"')
    (said,) = run("a program", ["-cp", "x"], Path("/")).splitlines()
    options, overriding, locale = said.split("/")
    for words in (options, overriding):
        assert "-Duser.language=en -Duser.country=US" in words
        assert "-Dfile.encoding=UTF-8" in words
    assert overriding.startswith("-Xshare:auto -Duser.language=de")
    assert locale.strip() == "C.UTF-8"


@needs_java
@pytest.mark.parametrize(
    ("variable", "language"), [("JAVA_TOOL_OPTIONS", "de"), ("_JAVA_OPTIONS", "tr")], ids=["comma", "I"]
)
def test_scores_do_not_depend_on_the_language_of_the_machine(monkeypatch, variable, language):
    """German Java writes 0,5 for 0.5; Turkish Java makes another letter than "i" of "I"."""
    monkeypatch.setenv(variable, f"-Duser.language={language} -Duser.country={language.upper()}")
    tokens = tokenize(["A dog RUNS IN a field"])
    assert tokens == ["a dog runs in a field"]
    assert meteor(tokens, [["the dog is running in a field"]]).corpus == pytest.approx(0.3408, abs=1e-4)


def test_a_rehearsal_finds_out_what_is_wrong(java_that):
    java_that("echo 'Picked up JAVA_TOOL_OPTIONS: -Xmx1G' >&2; echo 'No space for object heap' >&2; exit 1")
    with pytest.raises(JavaError, match=r"failed \(1\): No space for object heap"):
        rehearse(only_cider=True)
