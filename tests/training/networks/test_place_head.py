import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.networks.place_head import AHEAD, ROWS, PlaceHead  # noqa: E402


def test_the_ground_is_read_at_the_bottom_in_the_middle():
    rows = {cell // ROWS for cell in AHEAD}
    columns = {cell % ROWS for cell in AHEAD}
    assert (rows, columns) == ({5, 6}, {2, 3, 4})
    head = PlaceHead(1, 2, 2, 1)
    torch.nn.init.ones_(head.grounds.weight)
    cells = torch.zeros(1, ROWS * ROWS, 1)
    cells[0, list(AHEAD)] = 6.0
    assert head(cells)[1].tolist() == [[6, 6]]
    assert head(6 - cells)[1].tolist() == [[0, 0]]


def test_a_place_is_read_everywhere():
    head = PlaceHead(1, 2, 2, 1)
    torch.nn.init.ones_(head.places.weight)
    cells = torch.zeros(1, ROWS * ROWS, 1)
    cells[0, 0] = 49.0
    assert head(cells)[0].tolist() == [[1, 1]]


def test_an_object_is_present_where_one_cell_shows_it():
    head = PlaceHead(1, 1, 1, 1)
    torch.nn.init.ones_(head.presence.weight)
    cells = torch.full((2, ROWS * ROWS, 1), -20.0)
    cells[1, 17] = 5.0
    nowhere, somewhere = head(cells)[2][:, 0].tolist()
    assert somewhere == pytest.approx(5, abs=1e-4)
    assert nowhere < -15
