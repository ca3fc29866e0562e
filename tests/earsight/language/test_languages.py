from typing import get_args

import pytest

from earsight.config.schema import LanguageCode
from earsight.language.languages import LANGUAGES, load_language


def test_the_settings_have_every_language() -> None:
    assert get_args(LanguageCode) == tuple(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_loaded_once_and_knows_its_code(code: str) -> None:
    assert load_language(code) is load_language(code)
    assert load_language(code).code == code
