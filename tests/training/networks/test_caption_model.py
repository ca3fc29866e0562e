import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from torch.nn import functional  # noqa: E402

from earsight_training.networks.caption_model import PADDING, CaptionModel  # noqa: E402
from earsight_training.networks.conv_encoder import ConvEncoder  # noqa: E402
from earsight_training.networks.decoder import DecoderNetwork  # noqa: E402
from earsight_training.networks.mapper import CellMapper  # noqa: E402

SIDE, VOCABULARY, LONGEST, CELLS = 64, 320, 9, 4
END = 0


@pytest.fixture(scope="module", params=[False, True], ids=["prefix sees all of itself", "causal"])
def model(request):
    torch.manual_seed(1)
    decoder = DecoderNetwork(VOCABULARY, CELLS + 1 + LONGEST, 32, 2, 4, causal_prefix=request.param)
    model = CaptionModel(ConvEncoder((8, 8, 16, 24), (1, 1, 1, 1)), CellMapper(24, 32, CELLS), decoder)
    torch.nn.init.normal_(decoder.tokens.weight, std=0.5)
    torch.nn.init.normal_(decoder.positions.weight, std=0.5)
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
    if not decoder.causal_prefix:
        mask[: prefix.shape[1], : prefix.shape[1]] = True
    for block in decoder.blocks:
        x, _ = block(x, None, mask)
    return decoder.logits(x[:, prefix.shape[1] - 1 :])


@torch.no_grad()
def test_cached_decoding_equals_one_whole_pass(model, pixels):
    tokens = torch.randint(1, VOCABULARY, (3, LONGEST - 1))
    expected = whole_pass(model, pixels, tokens)
    first, cache = model.decoder.read_prefix(model.prefix(pixels))
    steps = [first]
    for position in range(tokens.shape[1]):
        hidden, cache = model.decoder.read_tokens(tokens[:, position : position + 1], cache)
        steps.append(hidden[:, -1])
    found = model.decoder.logits(torch.stack(steps, 1))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    _, cache = model.decoder.read_prefix(model.prefix(pixels))
    at_once, _ = model.decoder.read_tokens(tokens, cache)
    torch.testing.assert_close(model.decoder.logits(at_once), expected[:, 1:], atol=1e-4, rtol=1e-4)


CAPTIONS = [[[5, 6, END], [7, END]], [[8, 9, 10, 11, END], [END]], [[12, END], [13, 14, 15, END]]]


def padded(captions, length):
    rows = [[row + [PADDING] * (length - len(row)) for row in photo] for photo in captions]
    return torch.tensor(rows)


def one_by_one(model, pixels, smoothing):
    """The mean cross-entropy, each caption by itself, and the gradient of the tokens' embedding."""
    total, count = torch.zeros(()), 0
    for photo, captions in zip(pixels, CAPTIONS, strict=True):
        for caption in captions:
            row = torch.tensor([caption])
            logits = whole_pass(model, photo[None], row[:, :-1])
            total = total + functional.cross_entropy(
                logits[0], row[0], label_smoothing=smoothing, reduction="sum"
            )
            count += len(caption)
    return total / count


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_and_gradients_are_those_of_each_caption_by_itself(model, pixels, smoothing):
    expected = one_by_one(model, pixels, smoothing)
    (gradient,) = torch.autograd.grad(expected, model.decoder.tokens.weight)
    loss = model.loss(pixels, padded(CAPTIONS, 5), smoothing)
    (found,) = torch.autograd.grad(loss, model.decoder.tokens.weight)
    torch.testing.assert_close(loss, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found, gradient, atol=1e-5, rtol=1e-3)


@torch.no_grad()
def test_padding_and_missing_captions_change_nothing(model, pixels):
    loss = model.loss(pixels, padded(CAPTIONS, 5), 0.1)
    torch.testing.assert_close(model.loss(pixels, padded(CAPTIONS, LONGEST), 0.1), loss)
    missing = torch.full((3, 1, 5), PADDING)
    torch.testing.assert_close(model.loss(pixels, torch.cat([padded(CAPTIONS, 5), missing], 1), 0.1), loss)


@torch.no_grad()
def test_captions_of_one_token(model, pixels):
    """Nothing but the end: there is no token to read."""
    tokens = torch.full((3, 2, 1), END)
    first = model.decoder.logits(model.decoder.read_prefix(model.prefix(pixels))[0])
    expected = functional.cross_entropy(first, torch.full((3,), END))
    torch.testing.assert_close(model.loss(pixels, tokens, 0.0), expected)
