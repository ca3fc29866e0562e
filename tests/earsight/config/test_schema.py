from dataclasses import fields
from itertools import chain
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from earsight.actions import ACTIONS
from earsight.config.bindings import ButtonBindings, SecondButtonBindings
from earsight.config.description import QualitySection
from earsight.config.loader import load_config
from earsight.config.remote import ChatSection, RemoteSection
from earsight.config.schema import LIVE_SECTIONS, RESTART_SECTIONS, Config, changed_sections, config_schema
from earsight.config.section import section_kinds
from earsight.config.triggers import GesturesSection, GpiodButton, GpiozeroButton, KeySection
from earsight.triggers.gestures import GestureTimes
from earsight.vision.quality import QualityLimits
from earsight_files.strict_yaml import read_tree

FOLDER = Path(__file__).parents[3] / "config"
FILES = sorted(FOLDER.glob("*.yaml"))


def sections():
    """Each section's name and models: one, or the kinds that it is chosen from."""
    kinds = {name: section_kinds(field.annotation) for name, field in Config.model_fields.items()}
    return {name: models for name, models in kinds.items() if models}


def test_the_profiles_are_there():
    assert {"earsight.yaml", "desktop.yaml", "jetson.yaml", "raspberry-pi.yaml"} <= {
        file.name for file in FILES
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_loads_and_says_whom_it_is_for(file):
    load_config(file)
    assert file.read_text(encoding="utf-8").startswith("# Earsight")


def test_the_full_file_is_complete_and_holds_the_defaults():
    text = (FOLDER / "earsight.yaml").read_text(encoding="utf-8")
    assert load_config(FOLDER / "earsight.yaml") == Config()
    assert read_tree(text).value == Config().model_dump()  # so no key is missing


def test_the_full_file_explains_every_key_as_the_models_do():
    lines = (FOLDER / "earsight.yaml").read_text(encoding="utf-8").splitlines()
    prose = " ".join(line.strip().removeprefix("#").strip() for line in lines)
    assert Config.model_fields["language"].description in prose
    for name, kinds in sections().items():
        documented = kinds[0] if len(kinds) == 1 else kinds[0].__base__
        assert " ".join(documented.__doc__.split()) in prose, name
        for key, field in ((key, field) for kind in kinds for key, field in kind.model_fields.items()):
            assert field.description in prose, f"{name}.{key}"
    for model in (GpiozeroButton, GpiodButton, KeySection, ChatSection):
        for key, field in model.model_fields.items():
            assert f" {key} " in prose, key
            assert field.description in prose, key
    assert all(field.description in prose for field in ButtonBindings.model_fields.values())
    assert all(action in prose for action in ACTIONS)


def test_the_profiles_choose_what_their_boards_have():
    pi, jetson, desktop = (
        load_config(FOLDER / f"{name}.yaml") for name in ("raspberry-pi", "jetson", "desktop")
    )
    assert (pi.camera.source, pi.triggers.button.pin, pi.voice.player) == ("picamera2", 17, "alsa")
    assert (jetson.camera.source, jetson.voice.player) == ("gstreamer", "alsa")
    assert "nvarguscamerasrc" in jetson.camera.pipeline
    assert (jetson.triggers.button.driver, jetson.triggers.button.line) == ("gpiod", "PN.01")
    assert (desktop.camera.source, desktop.triggers.keyboard, desktop.voice.player) == ("auto", True, "auto")


def test_every_section_is_live_or_not():
    assert set(Config.model_fields) == LIVE_SECTIONS | RESTART_SECTIONS
    assert not LIVE_SECTIONS & RESTART_SECTIONS


def test_changed_sections():
    old, new = Config(), Config.model_validate({"voice": {"rate": 200}, "camera": {"fps": 15}})
    assert changed_sections(old, old) == set()
    assert changed_sections(old, new) == {"voice"}


def test_sections_are_frozen():
    with pytest.raises(ValidationError):
        Config().voice.rate = 3


def test_the_schema_describes_and_bounds_every_key():
    schema = config_schema()
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["title"] == "Earsight configuration"
    assert schema["additionalProperties"] is False
    for definition in schema["$defs"].values():
        assert definition["additionalProperties"] is False
        for key, node in definition["properties"].items():
            assert node["description"], key
            for branch in node.get("anyOf", [node]):
                if branch.get("type") in ("integer", "number") and "enum" not in branch:
                    assert "minimum" in branch, key
                    assert "maximum" in branch, key
    assert schema["$defs"]["GpiozeroButton"]["required"] == ["pin"]
    assert schema["$defs"]["GpiodButton"]["required"] == ["driver", "line"]


def test_quality_mirrors_the_limits_of_perception():
    limits = {field.name: field.default for field in fields(QualityLimits)}
    assert {"enabled": True} | limits == QualitySection().model_dump()


def test_the_gestures_fit_the_recognizer():
    GestureTimes(**Config().gestures.model_dump())


@pytest.mark.parametrize("long_press", [2.4, 2.5, 4, 5.0])
@pytest.mark.parametrize("stuck_after", [5.1, 30.0])
def test_a_slow_finger_needs_to_set_the_long_press_only(long_press, stuck_after):
    """Settings that were valid before there was a very long press still are."""
    section = GesturesSection(long_press=long_press, stuck_after=stuck_after)
    GestureTimes(**section.model_dump())


def test_all_models_are_strict():
    models: list[type[BaseModel]] = [
        Config,
        GpiozeroButton,
        GpiodButton,
        KeySection,
        RemoteSection,
        ChatSection,
        ButtonBindings,
        SecondButtonBindings,
    ]
    models += chain.from_iterable(sections().values())
    assert all(model.model_config["strict"] and model.model_config["frozen"] for model in models)
