"""Asking systemd to switch the board off; systemd's side: tests/systemd/test_unit.py."""

import pytest

from earsight.system.power_off import PowerOffError, request_file, request_power_off


@pytest.mark.parametrize("value", [None, ""])
def test_who_is_no_installed_service_can_not_ask(monkeypatch, value):
    monkeypatch.delenv("EARSIGHT_POWER_OFF", raising=False)
    if value is not None:
        monkeypatch.setenv("EARSIGHT_POWER_OFF", value)
    assert request_file() is None
    with pytest.raises(PowerOffError, match="only the installed service"):
        request_power_off()


def test_the_file_is_there_when_it_has_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("EARSIGHT_POWER_OFF", str(tmp_path / "power-off"))
    for _ in range(2):
        request_power_off()
        assert (tmp_path / "power-off").exists()


def test_where_it_can_not_ask_it_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv("EARSIGHT_POWER_OFF", str(tmp_path / "missing" / "power-off"))
    with pytest.raises(PowerOffError, match="No such file"):
        request_power_off()
