import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.packing import pack  # noqa: E402

PADDING, PREFIX = -100, 3

captions = st.lists(st.integers(0, 50), min_size=1, max_size=6)
photos = st.lists(st.lists(captions, min_size=1, max_size=3), min_size=1, max_size=3)


@given(photos)
def test_each_row_is_the_captions_one_after_the_other_without_their_last_tokens(batch):
    rows = max(map(len, batch))
    longest = max(len(caption) for photo in batch for caption in photo)
    tokens = torch.full((len(batch), rows, longest), PADDING)
    for photo, texts in zip(tokens, batch, strict=True):
        for row, text in zip(photo, texts, strict=False):
            row[: len(text)] = torch.tensor(text)
    packed = pack(tokens, PREFIX, PADDING)
    for row, texts in enumerate(batch):
        used = packed.used[row]
        count = int(used.sum())
        assert used[:count].all(), "what is not used stands at the end"
        assert packed.tokens[row, :count].tolist() == [t for text in texts for t in text[:-1]]
        assert packed.following[row, :count].tolist() == [t for text in texts for t in text[1:]]
        places = [PREFIX + place for text in texts for place in range(len(text) - 1)]
        assert packed.positions[row, :count].tolist() == places
        owner = [index for index, text in enumerate(texts) for _ in text[:-1]]
        for i in range(count):
            seen = packed.mask[row, 0, i]
            assert seen[:PREFIX].all()
            expected = [owner[j] == owner[i] and j <= i for j in range(count)]
            assert seen[PREFIX : PREFIX + count].tolist() == expected
            assert not seen[PREFIX + count :].any()
    assert packed.used.shape[1] == max(sum(len(t) - 1 for t in photo) for photo in batch)
