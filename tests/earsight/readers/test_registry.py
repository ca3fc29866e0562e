"""Which reader there is, and what is said where there is none."""

import pytest

from earsight.config.text import TextSection
from earsight.readers import registry
from earsight.readers.reader import ReaderError
from earsight.readers.registry import build_reader
from tests.earsight.stand_ins import painted


def test_settings_that_want_none_get_none():
    reader = build_reader(TextSection(engine="none"))
    assert not reader.can_read
    with pytest.raises(ReaderError, match=r"text\.engine is none"):
        reader.read(painted("red"))
    reader.let_go()


@pytest.mark.parametrize("engine", ["auto", "rapidocr"])
@pytest.mark.parametrize(
    ("missing", "named"), [("rapidocr", "package rapidocr"), ("cv2", "package opencv-python-headless")]
)
def test_a_missing_package_is_named_at_the_first_reading(monkeypatch, engine, missing, named):
    monkeypatch.setattr(registry, "find_spec", lambda module: None if module == missing else module)
    reader = build_reader(TextSection(engine=engine))
    assert not reader.can_read
    with pytest.raises(ReaderError, match=named):
        reader.read(painted("red"))
