import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.voice.engine import audible, one_line
from earsight.voice.sound import Sound, VoiceError


@given(st.text(alphabet=st.characters()) | st.text(alphabet="[]( a"))
def test_an_engine_gets_one_line_that_c_and_utf8_can_hold(text):
    try:
        line = one_line(text)
    except VoiceError:
        return
    assert line == line.strip() != ""
    assert len(line.splitlines()) == 1
    assert not any(unicodedata.category(c) == "Cc" for c in line)
    line.encode("utf-8")
    assert "[[" not in line
    assert "]]" not in line
    assert "](" not in line


@pytest.mark.parametrize("text", ["", " \n\t", "\0", "\ud800"])
def test_nothing_to_say_is_an_error(text):
    with pytest.raises(VoiceError, match="the text to say is empty"):
        one_line(text)


@pytest.mark.parametrize("samples", [np.zeros(0, np.int16), np.zeros(100, np.int16)])
def test_silence_is_an_error(samples):
    with pytest.raises(VoiceError, match="no sound from 5 characters"):
        audible(Sound(samples, 22050), "test", "hello")
