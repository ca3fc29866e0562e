"""What the machine can do. That rates are right can't be tested; that they are used right can."""

import numpy as np
import pytest

from earsight.bench import roofline
from earsight.bench.roofline import Roofline
from earsight.bench.work import Work
from earsight.inference.graph import Graph

FOLDER = roofline.Path(roofline.__file__).parent


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(roofline, "_SIDE", 64)
    monkeypatch.setattr(roofline, "_SECONDS", 0)
    return Roofline(threads=1, available=2**24)


def test_rates_are_measured(quick):
    assert min(quick.float_macs, quick.integer_macs, quick.bandwidth) > 0


def test_memory_is_read_as_much_as_is_asked_for(quick, monkeypatch):
    shapes = []
    monkeypatch.setattr(quick._floats, "run", lambda _, inputs: shapes.append(inputs["b"].nbytes))
    sizes = 3 * 2**20, 1, 2**40
    for size in sizes:
        quick.read_rate(size)
    # A little is too little to be measured; more than a quarter of the memory is not taken.
    assert set(shapes) == {3 * 2**20, 2**20, 2**22}


def test_the_slower_of_computing_and_reading_counts(quick, monkeypatch):
    quick.float_macs, quick.integer_macs = 100.0, 400.0
    monkeypatch.setattr(quick, "read_rate", lambda size: 10.0 if size < 1000 else 5.0)
    assert quick.seconds(Work(100, 400, 10)) == pytest.approx(2)
    assert quick.seconds(Work(100, 400, 500)) == pytest.approx(50)
    assert quick.seconds(Work(100, 400, 1000)) == pytest.approx(200)


def test_products_are_what_they_are_called():
    random = np.random.default_rng(1)
    a, b = (
        random.integers(0, 256, (3, 40)).astype(np.uint8),
        random.integers(-127, 128, (40, 7)).astype(np.int8),
    )
    small = a // 2  # the largest sums of uint8 and int8 overflow without VNNI
    (found,) = Graph(FOLDER / "int8.onnx", 1).run(["y"], {"a": small, "b": b})
    np.testing.assert_array_equal(found, (small.astype(int) - 128) @ b.astype(int))
    floats = {"a": random.normal(size=(3, 40)).astype(np.float32), "b": b.astype(np.float32)}
    (found,) = Graph(FOLDER / "float32.onnx", 1).run(["y"], floats)
    np.testing.assert_allclose(found, floats["a"] @ floats["b"], rtol=1e-4, atol=1e-3)


def test_the_files_are_as_they_were_written():
    onnx = pytest.importorskip("onnx")
    from tests.earsight.bench import product_graphs

    for name in ("float32", "int8"):
        written = onnx.load(FOLDER / f"{name}.onnx")
        fresh = getattr(product_graphs, name)()
        assert written == fresh
