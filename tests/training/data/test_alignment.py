import numpy as np
import pytest

from earsight_training.data.alignment import alignment_counts, translated_vectors

WORDS = ["a", "red", "dog", "cat", "runs"]
KATA = ["seekor", "merah", "anjing", "kucing", "berlari", "tak"]
TEXTS = [
    ("a red dog runs", "seekor anjing merah berlari"),
    ("a cat runs", "seekor kucing berlari"),
    ("a red cat", "seekor kucing merah"),
    ("a dog", "seekor anjing"),
]
PAIRS = [
    ([WORDS.index(w) for w in ours.split()], [KATA.index(w) for w in theirs.split()])
    for ours, theirs in TEXTS
]


def test_words_find_their_translations_in_whatever_order():
    source, target, counts = alignment_counts(PAIRS * 5, (len(WORDS), len(KATA)), iterations=20)
    for index, word in enumerate(["seekor", "merah", "anjing", "kucing", "berlari"]):
        of_word = target == KATA.index(word)
        assert source[of_word][counts[of_word].argmax()] == index, word
    assert len(set(zip(source, target, strict=True))) == len(counts)
    assert counts.sum() == pytest.approx(5 * sum(len(theirs) for _, theirs in PAIRS))


def test_vectors_are_those_of_what_is_translated():
    vectors = np.eye(len(WORDS))
    found = translated_vectors(vectors, PAIRS * 5, len(KATA))
    assert found.shape == (len(KATA), len(WORDS))
    assert found.dtype == np.float32
    assert found[:5].sum(1) == pytest.approx(1)
    assert found[:5].argmax(1).tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(found[5]).all()  # in no caption
