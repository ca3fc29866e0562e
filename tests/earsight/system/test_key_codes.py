import re
from pathlib import Path

import pytest

from earsight.system.key_codes import CODES, MAX_CODE, key_code

HEADER = Path("/usr/include/linux/input-event-codes.h")


@pytest.mark.skipif(not HEADER.exists(), reason="this machine has no kernel headers")
def test_the_codes_are_the_kernel_s():
    defined = re.findall(
        r"^#define ((?:KEY|BTN)_\w+)\s+(0x[0-9a-f]+|\d+)\b", HEADER.read_text(), re.MULTILINE
    )
    kernel = {name: int(code, 0) for name, code in defined}
    assert {name: kernel.get(name) for name in CODES} == CODES
    assert max(kernel[name] for name in kernel if not name.endswith(("_MAX", "_CNT"))) <= MAX_CODE


@pytest.mark.parametrize(
    ("key", "code"),
    [("KEY_ESC", 1), ("key_playpause", 164), ("KEY_PLAYCD", 200), ("BTN_LEFT", 0x110), (1, 1), (767, 767)],
)
def test_keys_by_name_and_by_number(key, code):
    assert key_code(key) == code


@pytest.mark.parametrize("key", ["KEY_", "", "PLAYPAUSE", 0, -1, 768, True, None, 1.0, ["KEY_A"]])
def test_what_is_no_key(key):
    with pytest.raises(ValueError, match="the name of a key such as KEY_"):
        key_code(key)


def test_a_name_that_is_nearly_one():
    with pytest.raises(ValueError, match="such as KEY_VOLUMEUP,"):
        key_code("KEY_VOLUMUP")
