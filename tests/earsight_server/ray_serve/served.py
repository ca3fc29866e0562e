"""The application on a cluster: the shipped config file with a few things changed."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import yaml

from tests.earsight_server.bad_uploads import PICTURE
from tests.earsight_server.ray_serve.cluster import Cluster, Node, until
from tests.photo_examples import real_photos

SHIPPED = Path(__file__).parents[3] / "config" / "ray" / "serve.yaml"
PHOTO = real_photos()[2].read_bytes()


class Served:
    """What is served.

    Attributes:
        cluster: Where.
        base: Its address.
    """

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        """Nothing is served yet; its files come into a folder."""
        self.cluster, self._folder, self._deployed = cluster, folder, 0
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self._port}"
        self._replicas = 0

    def deploy(self, settings: Mapping[str, object], replicas: int) -> None:
        """Hand Serve the application with a settings file; it need not have happened when this returns.

        Args:
            settings: Content of that file.
            replicas: Of what captions, of which each needs a core.
        """
        self._deployed, self._replicas = self._deployed + 1, replicas
        config = self._folder / f"settings-{self._deployed}.yaml"
        config.write_text(yaml.safe_dump(dict(settings)))
        file = self._folder / "serve.yaml"
        file.write_text(yaml.safe_dump(self._application(config)))
        self.cluster.serve(file)

    def _application(self, config: Path) -> dict[str, object]:
        file: dict[str, object] = yaml.safe_load(SHIPPED.read_text("utf-8"))
        captioning = {
            "name": "Captioning",
            "autoscaling_config": None,
            "num_replicas": self._replicas,
            "max_surge_percent": 0,  # there is no core for more
        }
        application = {
            "name": "earsight",
            "import_path": "earsight_server.ray_app:build",
            "args": {"config": str(config)},
            "deployments": [captioning, {"name": "Reading", "ray_actor_options": {"num_cpus": 0}}],
        }
        return file | {
            "http_options": {"host": "127.0.0.1", "port": self._port},
            "applications": [application],
        }

    def wait_until_all_run(self) -> None:
        """Wait for all replicas, all of what was deployed last."""
        from ray import serve

        def all_run() -> bool:
            found = serve.status().applications["earsight"]
            return found.status == "RUNNING" and found.deployments["Captioning"].replica_states == {
                "RUNNING": self._replicas
            }

        until(all_run)

    def wait_until_it_answers(self) -> None:
        """Wait for the first answer."""
        until(self._answers)

    def _answers(self) -> bool:
        try:
            answer = httpx2.post(f"{self.base}/v1/describe", content=PHOTO, headers=PICTURE)
        except httpx2.HTTPError:
            return False
        return answer.status_code == 200

    @contextmanager
    def second_node(self) -> Iterator[Node]:
        """Half of the replicas are there."""
        with self.cluster.other_node() as node:
            self.wait_until_all_run()
            yield node
