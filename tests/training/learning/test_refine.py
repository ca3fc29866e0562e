import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.captioner import build_model, own_decoder, prefix_length  # noqa: E402
from earsight_training.data.examples import PhotoExamples  # noqa: E402
from earsight_training.data.tokens import clean_caption, own_vocabulary  # noqa: E402
from earsight_training.learning.refine import drawn_captions, refine  # noqa: E402
from earsight_training.learning.train import train_photos  # noqa: E402
from earsight_training.networks.model import PADDING  # noqa: E402
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
    return build_model(recipe, 0, own_decoder(recipe.decoder, words, positions)).eval()


def test_drawn_captions_end_once_and_follow_the_models_probabilities(model, recipe, vocabulary):
    side = recipe.captions.photos.side
    prefix = model.prefix(torch.full((2, 3, side, side), 90.0))
    torch.manual_seed(5)
    drawn = drawn_captions(model, prefix, 40, longest=4, end=vocabulary.end)
    assert drawn.shape == (2, 40, 4)
    for row in drawn.flatten(0, 1).tolist():
        tokens = [token for token in row if token != PADDING]
        assert row == tokens + [PADDING] * (4 - len(tokens))
        assert vocabulary.end not in tokens[:-1]
    log_probs, captions = model.log_probs(prefix, drawn)
    given = drawn.flatten(0, 1) != PADDING
    assert len(log_probs) == int(given.sum())
    # Each token's own caption, by reading that caption alone.
    for caption in (0, 39, 40, 79):
        alone = drawn.flatten(0, 1)[caption][None, None]
        expected, _ = model.log_probs(prefix[caption // 40][None], alone)
        torch.testing.assert_close(log_probs[captions == caption], expected, rtol=1e-4, atol=1e-4)


def test_the_reward_rises(tmp_path, squares, recipe, vocabulary, model, capsys):
    settings = recipe.captions
    pixels, captions = squares
    examples = PhotoExamples(pixels, captions, vocabulary, settings.longest, settings.photos, seed=3)
    eager = settings.model_copy(update={"learning_rate": 1e-2, "epochs": 12, "ema": 0.5})
    model = train_photos(model, examples, eager, settings.photos, tmp_path, seed=3)
    capsys.readouterr()
    cleaned = [[clean_caption(text) for text in texts] for texts in captions]
    refining = RefineSettings(epochs=10, learning_rate=3e-3, warmup_steps=1, ema=0.5, fine=0.2)
    before = model.encoder.state_dict()
    refined = refine(model, examples, cleaned, vocabulary, (settings, refining), tmp_path, seed=3)
    rewards = [-float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]
    assert len(rewards) == 10
    assert rewards[-1] > rewards[0] + 0.2
    for name, weight in refined.encoder.state_dict().items():
        assert torch.equal(weight, before[name]), name
