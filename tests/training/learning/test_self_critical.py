import math

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight.captioners.search import SearchSettings, beam_search  # noqa: E402
from earsight_training.data.examples import PhotoExamples  # noqa: E402
from earsight_training.data.tokens import clean_caption, own_vocabulary  # noqa: E402
from earsight_training.learning.caption_training import train_photos  # noqa: E402
from earsight_training.learning.decoding import beam_captions  # noqa: E402
from earsight_training.learning.run import Run  # noqa: E402
from earsight_training.learning.self_critical import train_self_critical  # noqa: E402
from earsight_training.model_factory import build_model, build_own_decoder, prefix_length  # noqa: E402
from earsight_training.networks.caption_model import PADDING  # noqa: E402
from earsight_training.recipe import RefineSettings, load_recipe  # noqa: E402


@pytest.fixture
def recipe(recipe_file):
    return load_recipe(recipe_file)


@pytest.fixture
def vocabulary(squares):
    return own_vocabulary([clean_caption(text) for texts in squares[1] for text in texts], 320)


@pytest.fixture
def model(recipe, vocabulary):
    torch.manual_seed(1)
    positions = prefix_length(recipe) + recipe.captions.longest
    words = vocabulary.tokenizer.get_vocab_size()
    return build_model(recipe, 0, build_own_decoder(recipe.decoder, words, positions)).eval()


def test_likely_captions_are_what_the_daemon_finds(model, recipe, vocabulary):
    side = recipe.captions.photos.side
    model.decoder.tokens.weight.data *= 30  # far from even odds, so that rounding decides nothing
    images = torch.rand((3, 3, side, side), generator=torch.Generator().manual_seed(5)) * 255
    prefix = model.prefix(images)
    found = beam_captions(model, prefix, 4, longest=6, end=vocabulary.end)
    assert found.shape == (3, 4, 6)
    for photo in range(3):
        expected = searched(model, prefix[photo][None], 4, 6, vocabulary.end)
        rows = [[token for token in row if token != PADDING] for row in found[photo].tolist()]
        assert sorted(rows) == sorted(expected)


def searched(model, prefix, beams, longest, end):
    """Token sequences, the end's among them, by the daemon's search over a model without a cache."""
    said = [()]

    def ranked(sequences):
        log_probs = []
        for tokens in sequences:
            hidden, cache = model.decoder.read_prefix(prefix)
            if tokens:
                hidden = model.decoder.read_tokens(torch.tensor([tokens]), cache)[0][:, -1]
            log_probs.append(model.decoder.logits(hidden)[0].log_softmax(-1))
        values, ids = torch.stack(log_probs).topk(beams)
        return values.detach().numpy(), ids.numpy()

    def step(parents, tokens):
        nonlocal said
        said = [(*said[parent], int(token)) for parent, token in zip(parents, tokens, strict=True)]
        return ranked(said)

    with torch.no_grad():
        found = beam_search(ranked([()]), step, SearchSettings(beams, longest, end), deadline=math.inf)
    return [[*each.tokens, end] if each.finished else list(each.tokens) for each in found]


def test_the_reward_rises(tmp_path, squares, recipe, vocabulary, model, capsys):
    settings = recipe.captions
    pixels, captions = squares
    examples = PhotoExamples(pixels, captions, vocabulary, settings.longest, settings.photos, seed=3)
    eager = settings.model_copy(update={"learning_rate": 1e-2, "epochs": 12, "ema": 0.5})
    model = train_photos(model, examples, eager, settings.photos, Run(tmp_path, 3))
    capsys.readouterr()
    cleaned = [[clean_caption(text) for text in texts] for texts in captions]
    refining = RefineSettings(
        epochs=10, learning_rate=3e-3, warmup_steps=1, ema=0.5, hallucination_penalty=0.2
    )
    before = model.encoder.state_dict()
    refined = train_self_critical(
        model, examples, {"en": cleaned}, vocabulary, (settings, refining), Run(tmp_path, 3)
    )
    rewards = [-float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]
    assert len(rewards) == 10
    assert rewards[-1] > rewards[0] + 0.2
    for name, weight in refined.encoder.state_dict().items():
        assert torch.equal(weight, before[name]), name
