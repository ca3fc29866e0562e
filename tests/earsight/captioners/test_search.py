"""Beam search against plain, slow searches over small random language models."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.captioners.captioner import DecodingCancelledError
from earsight.captioners.search import Hypothesis, SearchSettings, beam_search, repeats

END = 0


class Language:
    """Random log-probabilities of the next token after every beginning, and the step function over them.

    vocabulary tokens, the end among them; k candidates are offered, as the decoder's graph does.
    """

    def __init__(self, vocabulary, seed, k=None, sharpness=2.0):
        self.vocabulary, self.seed, self.sharpness = vocabulary, seed, sharpness
        self.k = min(k or vocabulary, vocabulary)
        self.beginnings = [()]
        self.steps = 0

    def log_probs(self, beginning):
        generator = np.random.default_rng([self.seed, len(beginning), *beginning])
        logits = generator.normal(size=self.vocabulary) * self.sharpness
        return logits - np.log(np.exp(logits).sum())

    def first(self):
        return self._candidates()

    def __call__(self, parents, tokens):
        self.steps += 1
        assert parents.shape == tokens.shape
        self.beginnings = [
            (*self.beginnings[parent], int(token)) for parent, token in zip(parents, tokens, strict=True)
        ]
        return self._candidates()

    def _candidates(self):
        rows = np.array([self.log_probs(beginning) for beginning in self.beginnings])
        ids = np.argsort(-rows, axis=1, kind="stable")[:, : self.k]
        return np.take_along_axis(rows, ids, axis=1), ids

    def search(self, beams, max_tokens, deadline=float("inf"), no_repeat=0):
        return beam_search(self.first(), self, SearchSettings(beams, max_tokens, END, no_repeat), deadline)

    # The plain searches

    def hypothesis(self, tokens, finished):
        beginning = [tokens[:count] for count in range(len(tokens))]
        log_probs = [
            float(self.log_probs(before)[token]) for before, token in zip(beginning, tokens, strict=True)
        ]
        if finished:
            log_probs.append(float(self.log_probs(tokens)[END]))
        return Hypothesis(tuple(tokens), tuple(log_probs), finished)

    def everything(self, max_tokens):
        """All that can be said within max_tokens tokens, the end counted as one."""
        words = range(1, self.vocabulary)
        for length in range(max_tokens):
            for tokens in itertools.product(words, repeat=length):
                yield self.hypothesis(tokens, finished=True)
        for tokens in itertools.product(words, repeat=max_tokens):
            yield self.hypothesis(tokens, finished=False)

    def greedy(self, max_tokens):
        tokens = ()
        while len(tokens) < max_tokens:
            token = int(np.argmax(self.log_probs(tokens)))
            if token == END:
                return self.hypothesis(tokens, finished=True)
            tokens = (*tokens, token)
        return self.hypothesis(tokens, finished=False)

    def beams(self, beams, max_tokens):
        """The search by its definition: no cache, no rows, every continuation scored from its first token."""
        kept = [Hypothesis((), (), finished=False)]
        for _ in range(max_tokens):
            grown = []
            for one in kept:
                if one.finished:
                    grown.append(one)
                    continue
                grown.append(self.hypothesis(one.tokens, finished=True))
                grown += [
                    self.hypothesis((*one.tokens, word), finished=False) for word in range(1, self.vocabulary)
                ]
            kept = sorted(grown, key=lambda one: -one.score)[:beams]
        return sorted(kept, key=lambda one: (not one.finished, -one.score))


sizes = st.tuples(st.integers(2, 5), st.integers(1, 4), st.integers(0, 10**6))


def same(found, expected):
    assert [(one.tokens, one.finished) for one in found] == [(one.tokens, one.finished) for one in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.log_probs, other.log_probs)


@given(size=sizes, beams=st.integers(1, 6))
@settings(deadline=None, max_examples=60)
def test_it_is_the_search_that_its_definition_says(size, beams):
    vocabulary, max_tokens, seed = size
    same(
        Language(vocabulary, seed, k=beams).search(beams, max_tokens),
        Language(vocabulary, seed).beams(beams, max_tokens),
    )


@given(size=sizes)
@settings(deadline=None, max_examples=40)
def test_with_beams_for_everything_it_finds_the_best_there_is(size):
    vocabulary, max_tokens, seed = size
    language = Language(vocabulary, seed)
    everything = sorted(language.everything(max_tokens), key=lambda one: (not one.finished, -one.score))
    same(language.search(len(everything), max_tokens), everything)


@given(size=sizes)
@settings(deadline=None, max_examples=60)
def test_one_beam_is_greedy(size):
    vocabulary, max_tokens, seed = size
    language = Language(vocabulary, seed, k=1)
    same(language.search(1, max_tokens), [language.greedy(max_tokens)])


@given(size=sizes, beams=st.integers(1, 6))
@settings(deadline=None, max_examples=60)
def test_what_holds_of_every_search(size, beams):
    vocabulary, max_tokens, seed = size
    language = Language(vocabulary, seed, k=beams)
    found = language.search(beams, max_tokens)
    assert 1 <= len(found) <= beams
    assert len(set(found)) == len(found)
    assert language.steps < max_tokens
    ranks = [(one.finished, one.score) for one in found]
    assert ranks == sorted(ranks, reverse=True)
    for one in found:
        assert END not in one.tokens
        assert len(one.log_probs) == len(one.tokens) + one.finished
        assert len(one.log_probs) <= max_tokens
        assert one.finished or len(one.tokens) == max_tokens


def test_a_deadline_that_has_passed_gives_what_the_first_step_offered():
    language = Language(5, seed=1, k=3)
    found = language.search(3, 10, deadline=time.monotonic() - 1)
    assert language.steps == 0
    assert len(found) == 3
    assert all(len(one.log_probs) == 1 for one in found)


def test_the_deadline_ends_the_search_between_steps():
    class Slow(Language):
        def __call__(self, parents, tokens):
            time.sleep(0.05)
            return super().__call__(parents, tokens)

        def log_probs(self, _beginning):
            return np.log(np.array([1e-9, 0.5, 0.3, 0.2]))  # goes on for ever

    language = Slow(4, seed=0, k=2)
    found = language.search(2, 10_000, deadline=time.monotonic() + 0.12)
    assert 1 <= language.steps <= 3
    assert all(len(one.tokens) == language.steps + 1 and not one.finished for one in found)
    assert found[0].tokens == (1,) * (language.steps + 1)


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_a_cancelled_search_reads_no_other_token(steps):
    language = Language(vocabulary=40, seed=3, sharpness=0.1)
    cancelled = iter([False] * steps + [True])
    with pytest.raises(DecodingCancelledError):
        beam_search(
            language.first(),
            language,
            SearchSettings(3, 30, END),
            float("inf"),
            lambda: next(cancelled),
        )
    assert language.steps == steps


def table(*rows):
    """A first step and the later ones from probabilities of the tokens: one row of rows for each beam."""
    candidates = []
    for row in rows:
        log_probs = np.log(np.array(row))
        ids = np.argsort(-log_probs, axis=1, kind="stable")
        candidates.append((np.take_along_axis(log_probs, ids, axis=1), ids))
    later = iter(candidates[1:])
    return candidates[0], lambda _parents, _tokens: next(later)


def test_finished_ones_rank_before_better_ones_that_were_cut_short():
    first, step = table([[0.1, 0.9]], [[0.05, 0.95]])
    found = beam_search(first, step, SearchSettings(2, 2, END), float("inf"))
    assert [one.finished for one in found] == [True, False]
    assert found[0].score < found[1].score


def test_a_finished_one_is_given_up_for_two_better_ones():
    first, step = table([[0.2, 0.5, 0.3]], [[0.1, 0.85, 0.05], [0.1, 0.05, 0.85]])
    found = beam_search(first, step, SearchSettings(2, 2, END), float("inf"))
    assert [one.tokens for one in found] == [(1, 1), (2, 2)]


def test_it_ends_when_all_have_ended():
    first, step = table([[0.6, 0.4]], [[0.99, 0.01]])
    found = beam_search(first, step, SearchSettings(2, 50, END), float("inf"))
    assert [one.tokens for one in found] == [(1,), ()]


def test_ties_keep_the_order_in_which_they_were_offered():
    first, step = table([[0.25] * 4], [[0.25] * 4] * 2)
    found = beam_search(first, step, SearchSettings(3, 2, END), float("inf"))
    assert [(one.tokens, one.finished) for one in found] == [((), True), ((1,), True), ((1, 1), False)]
    assert len({one.score for one in found}) == 1


def test_the_score_is_the_mean():
    assert Hypothesis((5, 6), (-1.0, -2.0), finished=False).score == pytest.approx(-1.5)
    assert Hypothesis((), (), finished=False).score == float("-inf")


def test_impossible_tokens_do_not_upset_it():
    with np.errstate(divide="ignore"):
        first, step = table([[0.5, 0.5, 0.0]], [[0.0, 1.0, 0.0]] * 2)
    found = beam_search(first, step, SearchSettings(3, 2, END), float("inf"))
    assert found[0].tokens == ()


def loops(tokens, no_repeat):
    """By the definition, in a finished text: so many tokens in a row are there twice, or fewer directly."""
    runs = [tokens[at : at + no_repeat] for at in range(len(tokens) - no_repeat + 1)]
    directly = any(
        tokens[at : at + n] == tokens[at + n : at + 2 * n]
        for n in range(1, no_repeat)
        for at in range(len(tokens) - 2 * n + 1)
    )
    return directly or len(set(runs)) < len(runs)


@given(tokens=st.lists(st.integers(1, 4), max_size=12).map(tuple), no_repeat=st.integers(1, 5))
@settings(max_examples=300)
def test_repeats_finds_the_first_token_with_which_a_text_loops(tokens, no_repeat):
    for count, token in enumerate(tokens):
        if repeats(tokens[:count], token, no_repeat):
            assert loops(tokens[: count + 1], no_repeat)
            return
        assert not loops(tokens[: count + 1], no_repeat)


@pytest.mark.parametrize(
    ("tokens", "token", "no_repeat", "loop"),
    [
        ((), 1, 3, False),
        ((1,), 1, 1, True),
        ((1, 2), 1, 1, True),
        ((1,), 1, 2, True),
        ((1, 2), 1, 2, False),
        ((1, 2, 1), 2, 2, True),
        ((1, 2, 1), 2, 3, True),
        ((1, 2, 3, 1), 2, 3, False),
        ((1, 2, 3, 4, 1, 2), 3, 3, True),
        ((1, 2, 3, 4, 1, 2), 3, 4, False),
    ],
)
def test_repeats(tokens, token, no_repeat, loop):
    assert repeats(tokens, token, no_repeat) == loop


@given(size=sizes, beams=st.integers(1, 5), no_repeat=st.integers(1, 4), longest=st.integers(1, 12))
@settings(max_examples=80)
def test_no_caption_repeats_itself(size, beams, no_repeat, longest):
    vocabulary, _, seed = size
    language = Language(vocabulary, seed, k=beams + 2, sharpness=4.0)
    found = language.search(beams, longest, no_repeat=no_repeat)
    assert 1 <= len(found) <= beams
    assert len(set(found)) == len(found)
    assert language.steps < longest
    for one in found:
        assert not loops(one.tokens, no_repeat)
        assert len(one.log_probs) == len(one.tokens) + one.finished >= 1


@given(size=sizes, beams=st.integers(1, 4))
@settings(max_examples=60)
def test_nothing_changes_where_nothing_repeats(size, beams):
    """Texts so short that no run of 64 tokens is in them twice, of languages that don't stutter."""
    vocabulary, max_tokens, seed = size
    found = Language(vocabulary, seed, k=beams).search(beams, max_tokens)
    if not any(loops(one.tokens, 64) for one in Language(vocabulary, seed).everything(max_tokens)):
        same(Language(vocabulary, seed, k=beams).search(beams, max_tokens, no_repeat=64), found)


class Parrot(Language):
    """Says 1 2 1 2 ... for ever: everything else, the end among it, is next to impossible."""

    def log_probs(self, beginning):
        row = np.full(self.vocabulary, 1e-6)
        row[2 if beginning and beginning[-1] == 1 else 1] = 1
        return np.log(row / row.sum())


@pytest.mark.parametrize("beams", [1, 2, 5])
@pytest.mark.parametrize("no_repeat", [1, 2, 3, 4])
def test_a_model_that_wants_to_loop_ends_with_something_said(beams, no_repeat):
    """Even if the decoder offers nothing but the loop, so that no beam may go on."""
    for k in (1, beams + 4):
        found = Parrot(9, seed=0, k=k).search(beams, 30, no_repeat=no_repeat)
        assert found
        assert found[0].tokens[: min(no_repeat, 2)] == (1, 2)[: min(no_repeat, 2)]
        assert all(not loops(one.tokens, no_repeat) for one in found)
    looping = Parrot(9, seed=0, k=beams).search(beams, 30)
    assert looping[0].tokens[:20] == (1, 2) * 10
