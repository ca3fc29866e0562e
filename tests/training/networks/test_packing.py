import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.networks.packing import pack  # noqa: E402

PADDING, PREFIX = -100, 3

captions = st.lists(st.integers(0, 50), min_size=1, max_size=6)
photos = st.lists(st.lists(captions, min_size=1, max_size=3), min_size=1, max_size=3)


@given(photos)
def test_tokens_are_one_row_without_gaps_and_each_sees_its_own_caption_so_far(batch):
    rows = max(map(len, batch))
    longest = max(len(caption) for photo in batch for caption in photo)
    tokens = torch.full((len(batch), rows, longest), PADDING)
    for photo, texts in zip(tokens, batch, strict=True):
        for row, text in zip(photo, texts, strict=False):
            row[: len(text)] = torch.tensor(text)
    packed = pack(tokens, PREFIX, PADDING)
    texts = [text for photo in batch for text in photo]
    assert packed.tokens.tolist() == [token for text in texts for token in text[:-1]]
    assert packed.following.tolist() == [token for text in texts for token in text[1:]]
    assert packed.positions.tolist() == [PREFIX + place for text in texts for place in range(len(text) - 1)]
    count = packed.mask.shape[2]
    assert count == max(sum(len(text) - 1 for text in photo) for photo in batch)
    sizes = [sum(len(text) - 1 for text in photo) for photo in batch]
    assert packed.places.tolist() == [row * count + n for row, size in enumerate(sizes) for n in range(size)]
    for row, photo in enumerate(batch):
        owner = [index for index, text in enumerate(photo) for _ in text[:-1]]
        for i in range(sizes[row]):
            seen = packed.mask[row, 0, i]
            assert seen[:PREFIX].all()
            expected = [owner[j] == owner[i] and j <= i for j in range(sizes[row])]
            assert seen[PREFIX : PREFIX + sizes[row]].tolist() == expected
            assert not seen[PREFIX + sizes[row] :].any()
