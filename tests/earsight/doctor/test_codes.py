"""The doctor and the reading of codes."""

from __future__ import annotations

import sys

import pytest

from earsight.doctor.codes import check_codes
from earsight.doctor.finding import Status
from earsight.readers.codes import CodesMissingError


def test_a_missing_package_is_a_warning_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    found = check_codes()
    assert found.status is Status.WARNING
    assert "pip install 'earsight[codes]'" in found.detail
    assert found.spoken == (CodesMissingError.spoken,)


def test_codes_can_be_read() -> None:
    pytest.importorskip("zxingcpp")
    assert check_codes().status is Status.OK
