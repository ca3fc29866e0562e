"""script/install --server: the page and the API beside the device's own service, still without a network."""

from __future__ import annotations

from tests.install.box import UNITS, Box

UNIT = f"{UNITS}/earsight-server.service"


def test_the_server_comes_and_goes_as_it_is_asked_for(installed: Box) -> None:
    assert not installed.has(UNIT)
    before = installed.read(f"{UNITS}/earsight.service")
    installed.asked()
    assert installed.install("--server").returncode == 0
    assert installed.read(UNIT) == installed.read(f"{installed.sources}/systemd/earsight-server.service")
    asked = installed.asked()
    assert "systemctl --quiet enable earsight-server" in asked
    assert "systemctl restart earsight-server" in asked
    assert any("pip install" in line and "server" in line for line in asked)
    assert installed.read(f"{UNITS}/earsight.service") == before

    assert installed.install().returncode == 0
    assert installed.has(UNIT), "what was chosen lasts"

    installed.shell(
        "mkdir -p /var/lib/private/earsight-server && touch /var/lib/private/earsight-server/server-token"
    )
    installed.asked()
    assert installed.install("--no-server").returncode == 0
    assert not installed.has(UNIT)
    assert not installed.has("/var/lib/private/earsight-server")
    assert "systemctl --quiet disable earsight-server" in installed.asked()
    assert installed.has(f"{UNITS}/earsight.service")


def test_uninstalling_takes_it_along(installed: Box) -> None:
    assert installed.install("--server").returncode == 0
    assert installed.install("--uninstall").returncode == 0
    assert not installed.has(UNIT)
