"""What codes hold, and that no content does harm."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.code_contents import (
    Contact,
    Data,
    Mail,
    Network,
    PlainText,
    ProductNumber,
    Telephone,
    WebAddress,
    content_of,
    visible,
)
from earsight.scene import Box, Code, CodeKind

VCARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada;;;\r\nFN:Ada Lovelace\r\nORG:Engines\\, Inc.\r\n"
    "TEL;TYPE=CELL:+44 20 7946\r\n  0000\r\nitem1.EMAIL:ada@example.org\r\nNOTE:none\r\nEND:VCARD\r\n"
)


def content(text, kind=CodeKind.QR_CODE):
    return content_of(Code(kind, text, Box(0, 0, 1, 1)))


@pytest.mark.parametrize(
    ("text", "host", "rest"),
    [
        ("https://example.org", "example.org", ""),
        ("HTTP://WWW.Example.ORG/Menu/", "example.org", "/Menu"),
        ("https://example.org:8443/a?b=c#d", "example.org:8443", "/a?b=c"),
        ("https://example.org/caf%C3%A9%20bar", "example.org", "/café bar"),
        ("www.example.org/menu", "example.org", "/menu"),
        ("example.org", "example.org", ""),
        ("https://bank.example@evil.example/login", "evil.example", "/login"),
        ("https://192.168.0.1/", "192.168.0.1", ""),
    ],
)
def test_web_addresses(text, host, rest):
    assert content(text) == WebAddress(host, rest, is_odd=False)


@pytest.mark.parametrize(
    "text", ["https://ex\u0430mple.org", "https://xn--exmple-4nf.org/", "https://bücher.example"]
)
def test_letters_that_may_imitate_others(text):
    found = content(text)
    assert isinstance(found, WebAddress)
    assert found.is_odd


@pytest.mark.parametrize(
    "text",
    [
        "https://",
        "https:///path",
        "https://a b.org",
        "http://[::1",
        "https://exam ple.org",
        "javascript:alert(1)",
        "http://example.org:99999/",
        "hello.",
        "3.14",
        "data:text/html,x",
        "https://localhost/",
    ],
)
def test_what_is_no_web_address_is_text(text):
    assert content(text) == PlainText(visible(text))


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("WIFI:T:WPA;S:guest;P:secret;;", Network("guest", "secret")),
        ("wifi:S:guest;T:nopass;;", Network("guest", "")),
        ("WIFI:S:guest;;", Network("guest", "")),
        (r"WIFI:T:WPA;S:a\;b\\c;P:p\:q;H:true;;", Network(r"a;b\c", "p:q")),
        ("WIFI:T:WPA;P:only;;", PlainText("WIFI:T:WPA;P:only;;")),
    ],
)
def test_networks(text, network):
    assert content(text) == network


def test_contacts():
    ada = Contact(("Ada Lovelace", "Engines, Inc.", "+44 20 7946 0000", "ada@example.org"))
    assert content(VCARD) == ada
    assert content("MECARD:N:Lovelace,Ada;TEL:+44;EMAIL:ada@example.org;;") == Contact(
        ("Ada Lovelace", "+44", "ada@example.org")
    )
    assert content("BEGIN:VCARD\nN:Lovelace;Ada\nEND:VCARD") == Contact(("Ada Lovelace",))
    assert isinstance(content("BEGIN:VCARD\nEND:VCARD"), PlainText)


def test_numbers_and_mail():
    assert content("tel:+62 21 555") == Telephone("+62 21 555")
    assert content("mailto:ada@example.org?subject=x") == Mail("ada@example.org")
    assert content("mailto:nobody") == PlainText("mailto:nobody")


@pytest.mark.parametrize(
    ("text", "digits", "is_book"),
    [
        ("4006381333931", "4006381333931", False),
        ("0036000291452", "036000291452", False),
        ("96385074", "96385074", False),
        ("9780306406157", "9780306406157", True),
    ],
)
def test_numbers_of_products(text, digits, is_book):
    found = content(text, CodeKind.PRODUCT)
    assert found == ProductNumber(digits)
    assert found.is_book is is_book
    assert content(text) == PlainText(text)


def test_data_and_nothing():
    assert content("".join(map(chr, range(32)))) == Data()
    assert content("\x00\x01") == Data()
    assert content("".join(map(chr, range(256)))) == Data()
    assert content("") == PlainText("")
    assert content(" \n") == PlainText("")


def test_what_can_not_be_seen_is_left_out():
    assert visible("a\u202eb\u200bc\x1b[2J\u2028d\ufeff\ud800\ue000") == "abc [2J d"
    assert visible("Z\u0335\u0328\u0321a\u0308lgo") == "Zälgo"


@given(st.text(alphabet=st.characters(), max_size=300), st.sampled_from(CodeKind))
def test_any_content_is_told_without_what_can_not_be_seen(text, kind):
    found = content(text, kind)
    for value in (getattr(found, name) for name in found.__slots__):
        for line in value if isinstance(value, tuple) else (value,):
            if isinstance(line, str):
                assert line == visible(line)
                assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in line)


STARTS = ("https://", "WIFI:", "MECARD:", "BEGIN:VCARD\n", "tel:", "mailto:", "http://[", "www.", "WIFI:S:\\")


@given(st.sampled_from(STARTS), st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_broken_examples_of_any_format_are_told_somehow(start, text):
    assert content(start + text) is not None
