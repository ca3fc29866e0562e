from hypothesis import given
from hypothesis import strategies as st

from earsight.interaction.word_budget import WordBudget


def test_words_come_back_after_a_minute() -> None:
    budget = WordBudget()
    budget.spend(100.0, "A car close ahead.")
    budget.spend(130.0, "A dog on the left.")
    assert budget.left(130.0, 30) == 21
    assert budget.left(159.9, 30) == 21
    assert budget.left(160.0, 30) == 25
    assert budget.left(190.0, 30) == 30


def test_fewer_words_than_were_said() -> None:
    budget = WordBudget()
    budget.spend(0.0, " ".join(["word"] * 30))
    assert budget.left(1.0, 20) == 0


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 20)), max_size=30), st.integers(1, 40))
def test_no_minute_has_more_words_than_it_may(steps: list[tuple[float, int]], most: int) -> None:
    budget, now, spoken = WordBudget(), 0.0, []
    for wait, words in steps:
        now += wait
        if words <= budget.left(now, most):
            budget.spend(now, " ".join(["word"] * words))
            spoken.append((now, words))
    for at, _ in spoken:
        assert sum(words for when, words in spoken if at <= when < at + 60) <= most
