import numpy as np
import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.bundles.out_of_distribution import fit_probe, scene_centres


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def sides():
    """Embeddings of informative images, around one direction, and of uninformative ones, around another."""
    rng = np.random.default_rng(1)
    middles = np.eye(16)[:2]
    return [unit(2 * middle + rng.normal(0, 0.3, (200, 16))) for middle in middles]


def test_the_probe_tells_informative_images_from_others(sides):
    informative, uninformative = sides
    weights = fit_probe(informative[:100], uninformative[:150])
    assert weights.shape == (17,)
    assert weights.dtype == np.float32

    def says(embeddings):
        return 1 / (1 + np.exp(-(embeddings @ weights[:-1] + weights[-1])))

    assert (says(informative[100:]) > 0.5).mean() > 0.98
    assert (says(uninformative[150:]) < 0.5).mean() > 0.98


def test_both_sides_weigh_the_same(sides):
    informative, uninformative = sides
    few, many = fit_probe(informative[:20], uninformative), fit_probe(informative, uninformative)
    assert np.corrcoef(few[:-1], many[:-1])[0, 1] > 0.9
    middle = unit((informative + uninformative)[:50])
    assert abs((middle @ few[:-1] + few[-1]).mean()) < 4


def test_clusters_are_where_the_embeddings_are(sides):
    found = scene_centres(np.concatenate(sides), 8)
    assert found.shape == (8, 16)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert ((np.concatenate(sides) @ found.T).max(1) > 0.75).mean() > 0.9


def test_fewer_embeddings_than_clusters(sides):
    assert len(scene_centres(sides[0][:3], 8)) == 3
