import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.datasets import CaptionedPhoto  # noqa: E402
from earsight_training.encoders import ConvEncoder  # noqa: E402
from earsight_training.model import PADDING as IGNORED  # noqa: E402
from earsight_training.model import CaptionModel  # noqa: E402
from earsight_training.recipe import CaptionSettings, DecoderSettings  # noqa: E402
from earsight_training.tokens import END_ID, clean_caption, train_tokenizer  # noqa: E402
from earsight_training.train import CaptionDataset, train  # noqa: E402

LONGEST = 12
SETTINGS = CaptionSettings(
    side=64, epochs=3, frozen_epochs=1, batch=8, learning_rate=5e-3, encoder_learning_rate=1e-3, ema=0.9
)


@pytest.fixture
def photos(squares):
    return [CaptionedPhoto(f"{index}.png", texts) for index, texts in enumerate(squares[1])]


@pytest.fixture
def tokenizer(photos):
    return train_tokenizer([clean_caption(text) for photo in photos for text in photo.captions], 320)


def untrained(tokenizer):
    torch.manual_seed(1)
    settings = DecoderSettings(vocabulary=320, width=32, layers=1, heads=2, dropout=0.2, longest=LONGEST)
    return CaptionModel(ConvEncoder((8, 16, 24, 32), (1, 1, 1, 1)), tokenizer.get_vocab_size(), 64, settings)


def run(squares, photos, tokenizer, checkpoint):
    dataset = CaptionDataset(squares[0], photos, tokenizer, SETTINGS, LONGEST, seed=3)
    return train(untrained(tokenizer), dataset, SETTINGS, checkpoint, seed=3)


def test_loss_falls_and_resuming_gives_the_very_same_weights(
    tmp_path, squares, photos, tokenizer, monkeypatch, capsys
):
    whole = run(squares, photos, tokenizer, tmp_path / "whole.pt")
    losses = [float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]
    assert len(losses) == SETTINGS.epochs
    assert losses[-1] < 0.8 * losses[0]

    class CutError(Exception):
        pass

    def cut_after_two(*said, **_):
        if "epoch 2/" in said[0]:  # one epoch into training the encoder as well
            raise CutError

    with monkeypatch.context() as patched:
        patched.setattr("builtins.print", cut_after_two)
        with pytest.raises(CutError):
            run(squares, photos, tokenizer, tmp_path / "cut.pt")
    resumed = run(squares, photos, tokenizer, tmp_path / "cut.pt")
    for (name, one), other in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other), name


def test_the_encoder_is_frozen_at_first_and_its_statistics_always(tmp_path, squares, photos, tokenizer):
    before = untrained(tokenizer).encoder.state_dict()
    run(squares, photos, tokenizer, tmp_path / "captions.pt")
    after = torch.load(tmp_path / "captions.pt", weights_only=True)["model"]
    statistics = [name for name in before if "running" in name]
    assert statistics
    assert all(torch.equal(before[name], after[f"encoder.{name}"]) for name in statistics)
    weights = [name for name in before if name.endswith("0.weight")]
    assert any(not torch.equal(before[name], after[f"encoder.{name}"]) for name in weights)

    frozen = SETTINGS.model_copy(update={"epochs": 1})
    dataset = CaptionDataset(squares[0], photos, tokenizer, frozen, LONGEST, seed=3)
    trained = train(untrained(tokenizer), dataset, frozen, tmp_path / "frozen.pt", seed=3)
    after = trained.encoder.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def texts(tokenizer, tokens):
    return [tokenizer.decode([t for t in row if t != IGNORED]).strip() for row in tokens.tolist()]


def test_mirrored_photos_have_mirrored_captions(squares, photos, tokenizer):
    dataset = CaptionDataset(squares[0], photos, tokenizer, SETTINGS, LONGEST, seed=1)
    seen = set()
    for seed in range(12):
        dataset.reseed(seed)
        pixels, tokens = dataset[0]
        assert pixels.shape == (64, 64, 3)
        assert tokens.shape == (2, LONGEST)
        # Photo 0 is red on the left. A crop moves it, but never across the middle by more than it is wide.
        red = (pixels[..., 0].float() - pixels[..., 1].float()).clamp_min(0).sum(0)
        middle = float((red * torch.arange(64)).sum() / red.sum())
        side = "right" if middle > 31.5 else "left"
        assert texts(tokenizer, tokens) == [f"a red square on the {side}", "a red square"]
        seen.add(side)
    assert seen == {"left", "right"}


def test_photos_with_less_captions_and_captions_that_are_too_long(squares, tokenizer):
    photos = [
        CaptionedPhoto("0", ("a red square",)),
        CaptionedPhoto("1", ("a red square on the left " * 5, "b", "c")),
    ]
    dataset = CaptionDataset(squares[0][:2], photos, tokenizer, SETTINGS, LONGEST, seed=1)
    few, long = dataset[0][1], dataset[1][1]
    assert few.shape == long.shape == (3, LONGEST)
    assert (few[1:] == IGNORED).all()
    assert long[0, -1] == END_ID
    assert (long[0] != IGNORED).all()
