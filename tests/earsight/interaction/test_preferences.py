"""What the wearer has chosen by button lasts over a restart."""

import json
import math
from dataclasses import asdict, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.config.voice import VoiceSection
from earsight.interaction.preferences import (
    RATES,
    VOLUMES,
    Adjustable,
    Preferences,
)
from earsight.system import time_limits

NARRATION_INTERVAL = time_limits.NARRATION_INTERVAL
CONFIGURED = Adjustable(volume=1.0, rate=175, narration=None)


def after_restart(folder, **configured):
    return Preferences(replace(CONFIGURED, **configured), folder).values


def test_steps_end_at_what_can_still_be_heard():
    preferences = Preferences(CONFIGURED, None)
    steps = 0
    while preferences.quieter():
        steps += 1
    assert (steps, preferences.values.volume) == (len(VOLUMES) - 1, VOLUMES[0])
    assert preferences.louder()
    assert preferences.values.volume == VOLUMES[1]
    while preferences.louder():
        pass
    assert preferences.values.volume == 1.0


def test_the_rate_goes_from_one_end_to_the_other():
    preferences = Preferences(CONFIGURED, None)
    while preferences.slower():
        pass
    heard = [preferences.values.rate]
    while preferences.faster():
        heard.append(preferences.values.rate)
    assert tuple(heard) == RATES


def test_steps_are_even_and_within_what_can_be_configured():
    (slowest, fastest), (_, loudest) = (VoiceSection.model_fields[key].metadata for key in ("rate", "volume"))
    assert (RATES[0], RATES[-1], VOLUMES[-1]) == (slowest.ge, fastest.le, loudest.le)
    assert all(1.18 <= after / before <= 1.26 for before, after in pairwise(RATES))
    assert all(4.8 <= 20 * math.log10(after / before) <= 5.2 for before, after in pairwise(VOLUMES))


@pytest.mark.parametrize(
    ("configured", "step", "expected"),
    [
        ({"volume": 0.5}, "louder", {"volume": 0.56}),
        ({"volume": 0.5}, "quieter", {"volume": 0.32}),
        ({"volume": 0.0}, "louder", {"volume": VOLUMES[0]}),
        ({"rate": 176}, "faster", {"rate": 210}),
        ({"rate": 174}, "slower", {"rate": 145}),
    ],
)
def test_between_two_steps_the_next_one_is_taken(configured, step, expected):
    before = replace(CONFIGURED, **configured)
    preferences = Preferences(before, None)
    assert getattr(preferences, step)()
    assert preferences.values == replace(before, **expected)


@pytest.mark.parametrize(
    ("configured", "step"),
    [
        ({"volume": 0.0}, "quieter"),
        ({"volume": 1.0}, "louder"),
        ({"rate": 80}, "slower"),
        ({"rate": 450}, "faster"),
    ],
)
def test_at_the_end_nothing_changes(configured, step):
    before = replace(CONFIGURED, **configured)
    preferences = Preferences(before, None)
    assert not getattr(preferences, step)()
    assert preferences.values == before


@pytest.mark.parametrize(
    ("configured", "first", "second"),
    [(None, NARRATION_INTERVAL, None), (20.0, None, 20.0)],
)
def test_narration_is_turned_on_and_off(tmp_path, configured, first, second):
    preferences = Preferences(replace(CONFIGURED, narration=configured), tmp_path)
    for expected in (first, second):
        assert preferences.toggle_narration() is (expected is not None)
        assert preferences.values.narration == expected
        preferences.save()
        assert after_restart(tmp_path, narration=configured).narration == expected


def test_choices_last_until_the_configuration_has_another_value_for_the_same_key(tmp_path):
    preferences = Preferences(CONFIGURED, tmp_path)
    preferences.quieter()
    preferences.faster()
    preferences.toggle_narration()
    preferences.save()
    chosen = Adjustable(0.56, 210, NARRATION_INTERVAL)
    assert after_restart(tmp_path) == preferences.values == chosen
    assert after_restart(tmp_path, volume=0.8) == replace(chosen, volume=0.8)
    assert after_restart(tmp_path, rate=176) == replace(chosen, rate=176)
    assert after_restart(tmp_path, narration=9.0) == replace(chosen, narration=9.0)


def test_a_new_configuration_wins_for_good(tmp_path):
    preferences = Preferences(CONFIGURED, tmp_path)
    preferences.quieter()
    new = replace(CONFIGURED, volume=0.8)
    assert preferences.under(new) == new
    assert preferences.values.volume == 0.56, "asked about, not taken"
    preferences.configure(CONFIGURED)
    assert preferences.values.volume == 0.56
    preferences.configure(new)
    preferences.configure(CONFIGURED)
    assert preferences.values == CONFIGURED
    preferences.save()
    assert after_restart(tmp_path) == CONFIGURED


def test_what_an_older_version_has_kept_is_read_until_there_is_a_new_file(tmp_path):
    (tmp_path / "volume.json").write_text('{"configured": 1.0, "volume": 0.32}')
    assert after_restart(tmp_path) == replace(CONFIGURED, volume=0.32)
    assert after_restart(tmp_path, volume=0.9).volume == 0.9
    preferences = Preferences(CONFIGURED, tmp_path)
    while preferences.louder():
        pass
    preferences.save()
    assert after_restart(tmp_path) == CONFIGURED


def choice(key, chosen):
    return json.dumps({key: {"configured": asdict(CONFIGURED)[key], "chosen": chosen}}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\x00",
        b"[" * 100_000,
        b'{"volume": 0.56}',
        b'{"volume": {"configured": 1.0}}',
        b'{"volume": {"chosen": 0.56}}',
        b'{"narration": {"chosen": null}}',
        *(choice("volume", chosen) for chosen in (0.0, -1, 77, [], {}, None, True, "0.56", 0.55)),
        *(choice("rate", chosen) for chosen in (0, 176, 1e9, None, [], "210")),
        *(choice("narration", chosen) for chosen in (0, 1, -5, True, False, "on")),
    ],
)
@pytest.mark.parametrize("name", ["preferences.json", "volume.json"])
def test_a_damaged_file_is_as_good_as_none(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert after_restart(tmp_path) == CONFIGURED


def test_numbers_are_kept_as_what_they_are(tmp_path):
    """A rate of 210.0 would be none for a speech engine."""
    (tmp_path / "preferences.json").write_bytes(choice("rate", 210.0))
    assert repr(after_restart(tmp_path).rate) == "210"


def test_without_a_folder_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    preferences = Preferences(CONFIGURED, None)
    assert preferences.quieter()
    preferences.save()
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_kept_it_still_works(tmp_path, caplog):
    preferences = Preferences(CONFIGURED, tmp_path)
    (tmp_path / "preferences.json.partial").mkdir()
    assert preferences.quieter()
    preferences.save()
    assert "will be lost" in caplog.text
    assert preferences.values.volume == 0.56


@given(st.lists(st.sampled_from(["louder", "quieter", "faster", "slower", "toggle_narration"]), max_size=12))
def test_whatever_was_chosen_is_there_after_a_restart(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("state")
    preferences = Preferences(CONFIGURED, folder)
    for step in steps:
        getattr(preferences, step)()
        preferences.save()
    assert after_restart(folder) == preferences.values
