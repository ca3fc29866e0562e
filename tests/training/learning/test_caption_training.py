import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.examples import PhotoExamples  # noqa: E402
from earsight_training.data.tokens import clean_caption, own_vocabulary  # noqa: E402
from earsight_training.learning.caption_training import train_photos  # noqa: E402
from earsight_training.learning.run import Run  # noqa: E402
from earsight_training.model_factory import build_model, build_own_decoder, prefix_length  # noqa: E402
from earsight_training.recipe import load_recipe  # noqa: E402


@pytest.fixture
def recipe(recipe_file):
    recipe = load_recipe(recipe_file)
    photos = recipe.captions.photos.model_copy(update={"encoder_learning_rate": 1e-3})
    faster = {"learning_rate": 5e-3, "ema": 0.9, "photos": photos}
    return recipe.model_copy(update={"captions": recipe.captions.model_copy(update=faster)})


@pytest.fixture
def vocabulary(squares):
    return own_vocabulary([clean_caption(text) for texts in squares[1] for text in texts], 320)


def untrained(recipe, vocabulary):
    torch.manual_seed(1)
    positions = prefix_length(recipe) + recipe.captions.longest
    return build_model(
        recipe, 0, build_own_decoder(recipe.decoder, vocabulary.tokenizer.get_vocab_size(), positions)
    )


def run(recipe, vocabulary, squares, work):
    settings = recipe.captions
    examples = PhotoExamples(*squares, vocabulary, settings.longest, settings.photos, seed=3)
    return train_photos(untrained(recipe, vocabulary), examples, settings, settings.photos, Run(work, 3))


def test_loss_falls_and_resuming_gives_the_very_same_weights(
    tmp_path, squares, recipe, vocabulary, monkeypatch, capsys
):
    whole = run(recipe, vocabulary, squares, tmp_path / "whole")
    losses = [float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]
    assert len(losses) == recipe.captions.epochs
    assert losses[-1] < 0.8 * losses[0]

    class CutError(Exception):
        pass

    def cut_after_two(*said, **_):
        if "epoch 2/" in said[0]:  # one epoch into training the encoder as well
            raise CutError

    with monkeypatch.context() as patched:
        patched.setattr("builtins.print", cut_after_two)
        with pytest.raises(CutError):
            run(recipe, vocabulary, squares, tmp_path / "cut")
    resumed = run(recipe, vocabulary, squares, tmp_path / "cut")
    for (name, one), other in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other), name


def test_the_encoder_is_frozen_at_first_and_its_statistics_always(tmp_path, squares, recipe, vocabulary):
    before = untrained(recipe, vocabulary).encoder.state_dict()
    run(recipe, vocabulary, squares, tmp_path)
    after = torch.load(tmp_path / "captions.pt", weights_only=True)["model"]
    statistics = [name for name in before if "running" in name]
    assert statistics
    assert all(torch.equal(before[name], after[f"encoder.{name}"]) for name in statistics)
    weights = [name for name in before if name.endswith("0.weight")]
    assert any(not torch.equal(before[name], after[f"encoder.{name}"]) for name in weights)

    once = recipe.captions.model_copy(update={"epochs": 1})
    frozen = recipe.model_copy(update={"captions": once})
    after = run(frozen, vocabulary, squares, tmp_path / "frozen").encoder.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
