"""Teaching an encoder what photos show."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.object_labels import Boxes, place_labels  # noqa: E402
from earsight_training.data.place_labels import PlaceLabels, named  # noqa: E402
from earsight_training.learning.encoder_training import SeeingEncoder, random_views, teach_encoder  # noqa: E402
from earsight_training.learning.photo_recipe import teach_to_see  # noqa: E402
from earsight_training.learning.place_training import place_loss  # noqa: E402
from earsight_training.networks.conv_encoder import ConvEncoder  # noqa: E402
from earsight_training.recipe import SeeSettings, load_recipe  # noqa: E402
from earsight_training.recipe_file import RecipeError  # noqa: E402
from tests.training.detection_examples import labelled, picture  # noqa: E402
from tests.training.graph_models import as_trained  # noqa: E402


def test_views_are_of_the_photo_alone():
    """It is enlarged and mirrored, and nothing comes in from beyond its edge."""
    torch.manual_seed(1)
    pixels = np.zeros((16, 48, 48, 3), np.uint8)
    pixels[:, :, :24], pixels[:, :, 24:] = (200, 50, 50), (50, 50, 200)
    views = random_views(torch.from_numpy(pixels).permute(0, 3, 1, 2))
    assert views.shape == (16, 3, 48, 48)
    assert views.min() >= 0
    assert views.max() <= 255
    left, right = views[:, :, 24, 2], views[:, :, 24, 45]
    mirrored = left[:, 2] > left[:, 0]
    assert 0 < mirrored.sum() < 16
    assert ((right[:, 2] > right[:, 0]) != mirrored).all()
    assert len({tuple(view[:, 24, 2].round().tolist()) for view in views}) > 8, "each in its own light"


def test_an_encoder_is_taught_and_keeps_its_norms(tmp_path):
    torch.manual_seed(1)
    thing = (0.2, 0.2, 0.8, 0.8)
    pixels = np.stack([picture(("person", thing), side=224), picture(side=224)] * 3)
    photos = [
        labelled(str(row), Boxes.of([(thing, 0, 1)] if row % 2 == 0 else []), [True, False], place=place)
        for row in range(6)
        for place in [PlaceLabels(named("street" if row % 2 == 0 else "beach"), row % 2)]
    ]
    encoder = as_trained(ConvEncoder((8, 8, 8, 8), (1, 1, 1, 1)))
    norms = {name: values.clone() for name, values in encoder.state_dict().items() if "running" in name}
    weight = encoder.state_dict()["layers.0.0.weight"].clone()
    settings = SeeSettings(epochs=8, batch=3, learning_rate=0.01, ema=0.1)
    shown = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    labels = [torch.from_numpy(each) for each in place_labels(photos)]
    with torch.no_grad():
        before = place_loss(SeeingEncoder(encoder, 2).eval()(shown), *labels)
    encoder.train()
    taught = teach_encoder(encoder, pixels, photos, settings, tmp_path, seed=1)
    after = taught.encoder.state_dict()
    assert norms
    for name, values in norms.items():
        assert torch.equal(after[name], values), name
    assert not torch.equal(after["layers.0.0.weight"], weight)
    with torch.no_grad():
        assert place_loss(taught(shown), *labels) < 0.6 * before
    assert (tmp_path / "see.pt").exists()


def test_only_a_recipe_with_such_a_section_teaches_to_see(recipe_file, tmp_path):
    with pytest.raises(RecipeError, match="squares: has no section see for an encoder: efficientnet-lite"):
        teach_to_see(load_recipe(recipe_file), [], tmp_path)
