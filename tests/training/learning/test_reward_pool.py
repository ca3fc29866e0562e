import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.examples import caption_tokens  # noqa: E402
from earsight_training.data.tokens import own_vocabulary  # noqa: E402
from earsight_training.learning.reward_pool import CaptionRewards, RewardPool  # noqa: E402
from earsight_training.learning.rewards import Rewards  # noqa: E402

TEXTS = {
    "en": [["a dog runs on the beach", "the dog runs"], ["a man sits", "one man on a chair"]],
    "id": [["seekor anjing berlari di pantai"], []],
}


@pytest.fixture
def vocabulary():
    return own_vocabulary([t for known in TEXTS.values() for some in known for t in some], 340, ["en", "id"])


@pytest.fixture
def rewards(vocabulary):
    return CaptionRewards(
        # With another photo: what all photos of a language show is worth nothing.
        {code: Rewards([*filter(None, known), ["x"]], 0.25, code) for code, known in TEXTS.items()},
        vocabulary,
    )


def batch(vocabulary):
    """Two photos with two captions in each language, and their references."""
    captions = [[*TEXTS["en"][photo], *TEXTS["id"][photo]] for photo in range(2)]
    codes = [["en", "en", "id"], ["en", "en"]]
    references = torch.stack(caption_tokens(captions, vocabulary, 12, codes))
    said = ["a dog runs on the beach", "a horse"], ["seekor anjing berlari di pantai", "seekor anjing"]
    rows = [
        [
            [vocabulary.encode(text, 12, code) for text in texts]
            for texts, code in zip(said, TEXTS, strict=True)
        ]
    ] * 2
    longest = max(len(row) for photo in rows for texts in photo for row in texts)
    padded = [[[row + [-100] * (longest - len(row)) for row in texts] for texts in photo] for photo in rows]
    return torch.tensor(padded), references


def test_each_language_is_judged_by_its_own_references(vocabulary, rewards):
    said, references = batch(vocabulary)
    with RewardPool(rewards, local_size=10**6) as pool:
        found = pool.of(said, references)
    assert found.shape == (2, 2, 2)
    right, wrong = found[0, 0].tolist()
    assert right > 3
    assert wrong == pytest.approx(-0.25, abs=0.1)  # nothing in common, and a horse that nobody saw
    assert found[0, 1, 0] > found[0, 1, 1]
    assert found[1, 1].tolist() == [0, 0]  # no references in Indonesian


def test_a_caption_without_an_end_gets_the_lowest_reward(vocabulary, rewards):
    said, references = batch(vocabulary)
    said[said == vocabulary.end] = -100
    with RewardPool(rewards, local_size=10**6) as pool:
        assert pool.of(said, references)[0].flatten().tolist() == [-0.25] * 4


def test_worker_processes_find_the_same(vocabulary, rewards, monkeypatch):
    said, references = batch(vocabulary)
    with RewardPool(rewards, local_size=10**6) as alone:
        expected = alone.of(said, references)
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    with RewardPool(rewards, local_size=1) as pool:
        assert pool._pool is not None
        assert torch.equal(pool.of(said, references), expected)
