"""Nucleus sampling against a plain reading of the published captioner's, over small random languages."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.captioners.captioner import DecodingCancelledError
from earsight.captioners.sampling import Nucleus, nucleus_of, nucleus_sampling
from earsight.captioners.search import SearchSettings
from tests.earsight.captioners.test_search import END, Language, Parrot, loops

FOREVER = float("inf")


def drawn(language, nucleus, longest=6, no_repeat=0):
    return nucleus_sampling(
        language.first(), language, SearchSettings(1, longest, END, no_repeat), nucleus, FOREVER
    )


def published_filter(log_probs, top_p, temperature):
    """ClipCap's, line by line: the probabilities of all tokens after the filter, by their number."""
    logits = log_probs / temperature
    order = np.argsort(-logits, kind="stable")
    probabilities = np.exp(logits[order]) / np.exp(logits[order]).sum()
    removed = np.cumsum(probabilities) > top_p
    removed[1:] = removed[:-1].copy()
    removed[0] = False
    kept = np.exp(logits)
    kept[order[removed]] = 0
    return kept / kept.sum()


def draw_plainly(language, nucleus, number, longest):
    """One caption, its whole text read anew at each token."""
    generator, tokens = np.random.default_rng([nucleus.seed, number]), ()
    while len(tokens) < longest:
        log_probs = language.log_probs(tokens)
        chances = published_filter(log_probs, nucleus.top_p, nucleus.temperature)
        order = np.argsort(-log_probs, kind="stable")
        order = order[chances[order] > 0]
        token = int(order[generator.choice(len(order), p=chances[order] / chances[order].sum())])
        if token == END:
            return tokens, True
        tokens = (*tokens, token)
    return tokens, False


sizes = st.tuples(st.integers(2, 9), st.integers(1, 6), st.integers(0, 10**6))
shares = st.floats(0.05, 1.0)


@given(size=sizes, top_p=shares, temperature=st.floats(0.2, 3), samples=st.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_each_caption_is_the_one_that_is_drawn_by_itself_without_a_cache(size, top_p, temperature, samples):
    vocabulary, longest, seed = size
    nucleus = Nucleus(samples, top_p, temperature, seed)
    found = drawn(Language(vocabulary, seed), nucleus, longest)
    plain = [draw_plainly(Language(vocabulary, seed), nucleus, number, longest) for number in range(samples)]
    assert sorted((one.tokens, one.finished) for one in found) == sorted(plain)
    for one in found:
        expected = Language(vocabulary, seed).hypothesis(one.tokens, one.finished)
        np.testing.assert_allclose(one.log_probs, expected.log_probs)
    assert [(one.finished, one.score) for one in found] == sorted(
        ((one.finished, one.score) for one in found), reverse=True
    )


@given(size=sizes)
@settings(deadline=None, max_examples=30)
def test_a_nucleus_of_one_token_is_greedy(size):
    vocabulary, longest, seed = size
    language = Language(vocabulary, seed)
    (found,) = drawn(language, Nucleus(1, top_p=1e-9), longest)
    expected = language.greedy(longest)
    assert (found.tokens, found.finished) == (expected.tokens, expected.finished)


@pytest.mark.parametrize(("top_p", "temperature"), [(0.8, 1.0), (0.8, 2.0), (1.0, 1.0), (0.6, 1.5)])
def test_tokens_are_drawn_as_often_as_the_published_filter_says(top_p, temperature):
    """The first token of 4,000 captions."""
    language = Language(6, seed=3, sharpness=1.0)
    expected = published_filter(language.log_probs(()), top_p, temperature)
    counts = np.zeros(6)
    for seed in range(400):
        for one in drawn(Language(6, seed=3, sharpness=1.0), Nucleus(10, top_p, temperature, seed), 1):
            counts[one.tokens[0] if one.tokens else END] += 1
    kept = expected > 0
    assert counts[~kept].sum() == 0
    assert kept.sum() > 1
    wanted = expected[kept] * counts.sum()
    chi_square = ((counts[kept] - wanted) ** 2 / wanted).sum()
    assert chi_square < 20.5, "with five degrees of freedom, chance exceeds that once in a thousand times"


@given(size=sizes, top_p=shares, temperature=st.floats(0.2, 3))
def test_the_nucleus_is_the_published_one(size, top_p, temperature):
    vocabulary, _, seed = size
    log_probs = np.sort(Language(vocabulary, seed).log_probs(()))[::-1]
    expected = published_filter(log_probs, top_p, temperature)
    found = nucleus_of(log_probs, Nucleus(top_p=top_p, temperature=temperature))
    np.testing.assert_allclose(found, expected[: len(found)], rtol=1e-9)
    assert expected[len(found) :].sum() == 0


def test_the_same_seed_draws_the_same_and_another_one_others():
    def of(seed, samples=4):
        return [one.tokens for one in drawn(Language(9, 1), Nucleus(samples, 0.95, 1.0, seed), 8)]

    assert of(5) == of(5)
    assert len({tuple(of(seed)) for seed in range(8)}) == 8
    assert set(of(5, samples=2)) <= set(of(5)), "a caption does not depend on how many there are"


@pytest.mark.parametrize("no_repeat", [1, 2, 3, 4])
def test_a_model_that_wants_to_loop_ends_with_something_said(no_repeat):
    for k in (1, 9):
        found = drawn(Parrot(9, seed=0, k=k), Nucleus(3), 30, no_repeat)
        assert all(one.tokens and not loops(one.tokens, no_repeat) for one in found)


def test_it_ends_when_time_is_up_or_nobody_wants_it():
    language = Language(5, 1)
    found = nucleus_sampling(language.first(), language, SearchSettings(1, 50, END), Nucleus(2), 0.0)
    assert language.steps == 0
    assert all(len(one.log_probs) == 1 for one in found)
    with pytest.raises(DecodingCancelledError):
        nucleus_sampling(
            language.first(), language, SearchSettings(1, 50, END), Nucleus(9), FOREVER, lambda: True
        )
