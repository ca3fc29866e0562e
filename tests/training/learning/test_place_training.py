import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.encoder_cells import PlaceExamples  # noqa: E402
from earsight_training.data.place_labels import GROUNDS, PLACES, named  # noqa: E402
from earsight_training.learning.place_training import (  # noqa: E402
    fit_place_head,
    place_loss,
    place_metrics,
    read_cells,
)
from earsight_training.networks.place_head import AHEAD  # noqa: E402

KITCHEN, STREET = PLACES.index("kitchen"), PLACES.index("street")
PHOTOS = 1600
ROAD, FLOOR = GROUNDS.index("road"), GROUNDS.index("floor")


@pytest.fixture(scope="module")
def world():
    """Cells of three numbers, far from 0 and of different spreads: of the place, the ground and a thing."""
    rng = np.random.default_rng(2)
    count = PHOTOS
    inside, on_road, thing = (rng.random(count) < share for share in (0.5, 0.5, 0.3))
    cells = rng.normal(0, 0.2, (count, 49, 3))
    cells[..., 0] += np.where(inside, 1, -1)[:, None]
    cells[:, list(AHEAD), 1] += np.where(on_road, 1, -1)[:, None]
    cells[np.flatnonzero(thing), rng.integers(0, 49, count)[thing], 2] += 4
    cells = cells * [0.1, 10, 1] + [20, -3, 0]
    places = np.stack([named("kitchen" if each else "street") for each in inside])
    places[:20] = np.nan
    grounds = np.where(on_road, ROAD, FLOOR).astype(np.int64)
    grounds[20:40] = -1
    presence = np.stack([thing, np.zeros(count)], 1).astype(np.float32)
    presence[40:60] = np.nan
    return PlaceExamples(cells.astype(np.float16), places, grounds, presence)


@pytest.fixture(scope="module")
def head(world):
    return fit_place_head(world, seed=1)


def test_a_head_learns_from_cells_as_they_are(world, head):
    metrics = place_metrics(head, world, ("thing", "nothing"))
    assert metrics["place kitchen"] > 0.98
    assert metrics["place indoors"] > 0.98
    assert metrics["ground right"] > 0.98
    assert metrics["presence thing"] > 0.9
    # Of beaches there are no photos, and every photo is without the other thing.
    assert not {"place beach", "presence nothing"} & metrics.keys()
    places, grounds, presence = read_cells(head, world.cells)
    assert (places.shape, grounds.shape, presence.shape) == (
        (PHOTOS, len(PLACES)),
        (PHOTOS, len(GROUNDS)),
        (PHOTOS, 2),
    )
    assert places[:, STREET][world.places[:, STREET] == 1].mean() > 0 > places[:, PLACES.index("beach")].max()


def test_the_same_seed_gives_the_same_head(world, head):
    again = fit_place_head(world, seed=1)
    for name, values in head.state_dict().items():
        assert torch.equal(values, again.state_dict()[name]), name


def test_what_is_not_known_is_not_taught():
    places, grounds, presence = (torch.zeros(2, count, requires_grad=True) for count in (3, 4, 2))
    nothing = float("nan")
    loss = place_loss(
        (places, grounds, presence),
        torch.tensor([[1, nothing, 0], [nothing] * 3]),
        torch.tensor([2, -1]),
        torch.tensor([[nothing, nothing], [nothing, 1]]),
    )
    loss.backward()
    assert places.grad[0, 0] < 0 < places.grad[0, 2]
    assert places.grad[0, 1] == 0
    assert not places.grad[1].any()
    assert grounds.grad[0, 2] < 0
    assert not grounds.grad[1].any()
    assert presence.grad[1, 1] < 0
    assert presence.grad.count_nonzero() == 1


def test_where_nothing_is_known_there_is_no_loss():
    outputs = tuple(torch.ones(1, 2, requires_grad=True) for _ in range(3))
    unknown = torch.full((1, 2), float("nan"))
    assert float(place_loss(outputs, unknown, torch.tensor([-1]), unknown).detach()) == 0
