"""The server on Ray Serve, on two nodes: neither the loss of one nor a new model costs an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx2
import pytest
import yaml
from fastapi.testclient import TestClient

from earsight_server.settings import MEGABYTE
from tests.earsight_server.bad_uploads import FORM, FORMS, PICTURE, PICTURES
from tests.earsight_server.ray_serve.cluster import PATIENCE, cluster
from tests.earsight_server.ray_serve.load import load
from tests.earsight_server.ray_serve.served import PHOTO, SHIPPED, Served
from tests.hil import quick_model

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(find_spec("ray") is None, reason="script/test --ray installs Ray"),
]

REPLICAS = 2
"""Of what captions: one on each node, which has but one core as far as Ray is told."""


def model(folder: Path, bias: float) -> dict[str, object]:
    """Settings with a model that is more or less sure of the same words."""
    bundle = folder / "bundle"
    quick_model.write(bundle)
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["calibration"]["bias"] = bias
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    return {"captioner": {"bundle": str(bundle)}}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """On one node, which is there for the second replica when there is another."""
    with cluster() as made:
        served = Served(made, tmp_path_factory.mktemp("served"))
        served.deploy(model(tmp_path_factory.mktemp("model"), 4.0), REPLICAS)
        served.wait_until_it_answers()
        yield served


def test_a_node_that_is_lost_loses_no_request(served: Served) -> None:
    with served.second_node() as node, load(served.base, PHOTO) as told:
        told.wait_for(lambda new: len(new) >= 50)
        node.kill()
        told.wait_for(lambda new: len(new) >= 100)
    assert told.failed == []


def test_a_new_model_rolls_out_without_an_error(served: Served, tmp_path: Path) -> None:
    with served.second_node(), load(served.base, PHOTO) as told:
        told.wait_for(lambda new: len(new) >= 20)
        before = told.answers[-1][1]["confidence"]
        served.deploy(model(tmp_path, 2.0), REPLICAS)
        told.wait_for(lambda new: len(new) >= 50 and all(a["confidence"] != before for _, a in new[-50:]))
    assert told.failed == []


def test_it_behaves_as_on_one_machine(served: Served, client: TestClient) -> None:
    """What is no photo, a name that is not its own, other sites' pages, the page and the API."""
    with httpx2.Client(base_url=served.base, timeout=PATIENCE) as on_ray:
        for bodies, headers in ((FORMS, FORM), (PICTURES, PICTURE)):
            for name, body in bodies.items():
                here, there = (
                    each.post("/v1/describe", content=body(), headers=headers) for each in (client, on_ray)
                )
                assert (there.status_code, there.json()) == (here.status_code, here.json()), name
        for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
            here, there = (each.post("/v1/describe", headers=headers) for each in (client, on_ray))
            assert (there.status_code, there.text) == (here.status_code, here.text)
        for path in ("/openapi.json", "/?language=id", "/static/page.js"):
            here, there = (each.get(path) for each in (client, on_ray))
            assert there.text == here.text
            assert there.headers["Content-Security-Policy"] == here.headers["Content-Security-Policy"]
        assert {"lines", "error"} & on_ray.post("/v1/read", files={"image": PHOTO}).json().keys()
        assert "earsight_photos_waiting 0.0" in on_ray.get("/metrics").text


def test_nothing_of_a_photo_is_written(served: Served) -> None:
    """Also not by Ray: objects of more than 100 kB lie in its store, which is memory."""
    mark, thing = b"a mark in a photo's file", "umbrella"
    marked = PHOTO + mark * 100
    assert len(marked) > MEGABYTE // 10
    url = f"{served.base}/v1/find?thing={thing}"
    for _ in range(3):
        httpx2.post(url, content=marked, headers=PICTURE, timeout=PATIENCE).raise_for_status()
    written = [path for path in served.cluster.session.rglob("*") if path.is_file()]
    assert any(path.parent.name == "serve" for path in written)
    for path in written:
        content = path.read_bytes()
        assert mark not in content, path
        assert thing.encode() not in content, path


def test_the_shipped_file_is_one_of_serves() -> None:
    from ray.serve.schema import ServeDeploySchema

    from earsight_server.ray_app import Arguments

    shipped = yaml.safe_load(SHIPPED.read_text("utf-8"))
    (application,) = ServeDeploySchema.model_validate(shipped).applications
    assert Arguments.model_validate(application.args).token is not None
    assert {each.name for each in application.deployments} == {"Server", "Captioning", "Reading"}
