"""The doctor and the reading of text."""

from __future__ import annotations

import pytest

from earsight.config.schema import Config
from earsight.doctor.finding import Status
from earsight.doctor.text import check_text
from earsight.readers import rapidocr, registry
from earsight.readers.reader import ReaderError


def test_who_wants_no_text_has_nothing_to_check() -> None:
    assert check_text(Config.model_validate({"text": {"engine": "none"}})) is None


def test_a_missing_package_is_a_warning_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda _module: None)
    found = check_text(Config())
    assert found is not None
    assert found.status is Status.WARNING
    assert "pip install rapidocr" in found.detail
    assert found.spoken == (ReaderError.spoken,)


def test_damaged_networks_are_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(_threads: int) -> None:
        raise ReaderError("damaged")

    pytest.importorskip("rapidocr")
    monkeypatch.setattr(rapidocr, "load_networks", damaged)
    with pytest.raises(ReaderError):
        check_text(Config())


def test_text_can_be_read() -> None:
    pytest.importorskip("rapidocr")
    found = check_text(Config())
    assert found is not None
    assert found.status is Status.OK
