import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.learning.distill import ViewDataset, distill, distillation_loss  # noqa: E402
from earsight_training.learning.teacher import compute_views, load_views  # noqa: E402
from earsight_training.networks.conv_encoder import ConvEncoder  # noqa: E402
from earsight_training.recipe import DistillSettings, DistillStage  # noqa: E402

STAGES = (DistillStage(side=32, epochs=1), DistillStage(side=64, epochs=2))
SETTINGS = DistillSettings(views=2, components=6, stages=STAGES, batch=8, ema=0.9)


@pytest.fixture
def views(tmp_path, squares, colour_teacher):
    compute_views(colour_teacher, squares[0], tmp_path / "teacher", 2, 6, seed=1, workers=1)
    return load_views(tmp_path / "teacher")


def run(squares, views, checkpoint, settings=SETTINGS):
    torch.manual_seed(1)
    encoder = ConvEncoder((8, 16, 24, 32), (1, 1, 1, 1))
    return distill(encoder, squares[0], views, settings, checkpoint, seed=3)


def last_losses(printed):
    return [float(line.split()[4]) for line in printed.splitlines()]


def test_loss_falls_and_resuming_gives_the_very_same_weights(tmp_path, squares, views, monkeypatch, capsys):
    whole = run(squares, views, tmp_path / "whole.pt")
    losses = last_losses(capsys.readouterr().out)
    assert len(losses) == 3
    assert losses[-1] < 0.9 * losses[0]

    class CutError(Exception):
        pass

    def cut_after_two(*said, **_):
        if "epoch 2/" in said[0]:
            raise CutError

    with monkeypatch.context() as patched:
        patched.setattr("builtins.print", cut_after_two)
        with pytest.raises(CutError):
            run(squares, views, tmp_path / "cut.pt")
    torch.rand(7)  # another process has drawn other numbers
    resumed = run(squares, views, tmp_path / "cut.pt")
    assert [line.split()[2] for line in capsys.readouterr().out.splitlines()] == ["3/3"]
    for (name, one), other in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other), name
    finished = run(squares, views, tmp_path / "whole.pt")
    assert capsys.readouterr().out == ""
    assert all(map(torch.equal, whole.state_dict().values(), finished.state_dict().values()))


def test_a_checkpoint_without_history_is_still_read(tmp_path, squares, views, capsys):
    """As they were written before it was kept in them."""
    path = tmp_path / "distill.pt"
    short = SETTINGS.model_copy(update={"stages": (STAGES[0],)})
    run(squares, views, path, short)
    state = torch.load(path, weights_only=True)
    del state["history"]
    torch.save(state, path)
    capsys.readouterr()
    run(squares, views, path)
    assert capsys.readouterr().out.startswith("distill epoch 2/3")


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path, squares, views):
    run(squares, views, tmp_path / "distill.pt", SETTINGS.model_copy(update={"stages": (STAGES[0],)}))
    torch.manual_seed(1)
    with pytest.raises(TrainingError, match="made by another recipe") as refused:
        distill(ConvEncoder((8, 8, 8, 8), (1,) * 4), squares[0], views, SETTINGS, tmp_path / "distill.pt", 3)
    assert "\n" not in str(refused.value)


def test_too_few_photos_are_refused(tmp_path, squares, views):
    settings = SETTINGS.model_copy(update={"batch": 64})
    with pytest.raises(TrainingError, match="48 photos are less than a batch of 64"):
        run(squares, views, tmp_path / "distill.pt", settings)


def test_a_view_is_mirrored_together_with_its_map(squares, views):
    """The colours of the map's cells stay where the picture's are, mirrored or not."""
    whole = views.__class__(views.boxes[:, :1], views.maps[:, :1], views.scores[:, :1])
    seen = set()
    for seed in range(12):
        pixels, target, scores = ViewDataset(squares[0], whole, 64, seed)[0]
        assert pixels.shape == (64, 64, 3)
        assert target.shape == (6, 7, 7)
        assert scores.shape == (1001,)
        straight = torch.from_numpy(np.array(whole.maps[0, 0])).permute(2, 0, 1)
        mirrored = torch.equal(target, straight.flip(2))
        assert mirrored or torch.equal(target, straight)
        red = pixels[..., 0].float() - pixels[..., 1].float()
        on_the_right = bool(red[:, 32:].sum() > red[:, :32].sum())
        assert on_the_right == mirrored  # the square of photo 0 is red, on the left
        seen.add(mirrored)
    assert seen == {True, False}


def test_the_loss_is_nothing_for_what_the_teacher_says():
    maps, scores = torch.rand(2, 3, 7, 7), torch.randn(2, 10)
    map_loss, score_loss = distillation_loss((maps, scores), maps, scores, 0.1)
    assert float(map_loss) == pytest.approx(0, abs=1e-10)
    assert float(score_loss) == pytest.approx(0, abs=1e-6)
    _, worse = distillation_loss((maps, scores.flip(1)), maps, scores, 0.1)
    assert worse > 0
