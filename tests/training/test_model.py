import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from torch.nn import functional  # noqa: E402

from earsight_training.encoders import ConvEncoder  # noqa: E402
from earsight_training.model import CaptionModel  # noqa: E402
from earsight_training.recipe import DecoderSettings  # noqa: E402

SIDE, VOCABULARY, LONGEST = 64, 320, 9
END = 0


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(1)
    settings = DecoderSettings(vocabulary=VOCABULARY, width=32, layers=2, heads=4, longest=LONGEST)
    model = CaptionModel(ConvEncoder((8, 8, 16, 24), (1, 1, 1, 1)), VOCABULARY, SIDE, settings)
    torch.nn.init.normal_(model.decoder.tokens.weight, std=0.5)
    torch.nn.init.normal_(model.decoder.positions.weight, std=0.5)
    return model.eval()


@pytest.fixture
def pixels():
    return torch.randint(0, 256, (3, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(2)).float()


def whole_pass(model, pixels, tokens):
    """Logits after the prefix and after each token, (batch, n + 1, vocabulary), without any cache."""
    decoder, prefix = model.decoder, model.prefix(pixels)
    x = torch.cat([prefix, decoder.tokens(tokens)], 1)
    x = x + decoder.positions.weight[: x.shape[1]]
    mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
    mask[: prefix.shape[1], : prefix.shape[1]] = True  # the cells see each other in both directions
    for block in decoder.blocks:
        x, _ = block(x, None, mask)
    return decoder.logits(x[:, prefix.shape[1] - 1 :])


@torch.no_grad()
def test_cached_decoding_equals_one_whole_pass(model, pixels):
    tokens = torch.randint(1, VOCABULARY, (3, LONGEST - 1))
    first, cache = model.decoder.read_prefix(model.prefix(pixels))
    steps = [first]
    for position in range(tokens.shape[1]):
        logits, cache = model.decoder.read_tokens(tokens[:, position : position + 1], cache)
        steps.append(logits[:, -1])
    expected = whole_pass(model, pixels, tokens)
    torch.testing.assert_close(torch.stack(steps, 1), expected, atol=1e-4, rtol=1e-4)
    _, cache = model.decoder.read_prefix(model.prefix(pixels))
    at_once, _ = model.decoder.read_tokens(tokens, cache)
    torch.testing.assert_close(at_once, expected[:, 1:], atol=1e-4, rtol=1e-4)


CAPTIONS = [[[5, 6, END], [7, END]], [[8, 9, 10, 11, END], [END]], [[12, END], [13, 14, 15, END]]]


def padded(captions, length):
    rows = [[row + [-100] * (length - len(row)) for row in photo] for photo in captions]
    return torch.tensor(rows)


@torch.no_grad()
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_is_the_mean_over_the_tokens_of_each_caption_by_itself(model, pixels, smoothing):
    total, count = 0.0, 0
    for photo, captions in zip(pixels, CAPTIONS, strict=True):
        for caption in captions:
            row = torch.tensor([caption])
            logits = whole_pass(model, photo[None], row[:, :-1])
            total += float(
                functional.cross_entropy(logits[0], row[0], label_smoothing=smoothing, reduction="sum")
            )
            count += len(caption)
    loss = model.loss(pixels, padded(CAPTIONS, 5), smoothing)
    assert float(loss) == pytest.approx(total / count, rel=1e-4)


@torch.no_grad()
def test_padding_and_missing_captions_change_nothing(model, pixels):
    loss = model.loss(pixels, padded(CAPTIONS, 5), 0.1)
    torch.testing.assert_close(model.loss(pixels, padded(CAPTIONS, LONGEST), 0.1), loss)
    missing = torch.full((3, 1, 5), -100)
    torch.testing.assert_close(model.loss(pixels, torch.cat([padded(CAPTIONS, 5), missing], 1), 0.1), loss)
