import hashlib
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earsight.bundles.bundle import BundleError, bundle_folder, open_bundle, read_manifest
from earsight.captioners.onnx import OnnxCaptioner
from earsight_bundle.files import FILES
from tests.earsight.bundles.bundle_files import reseal, write

REQUIRED_FILES = FILES["caption"]


def manifest(**changes):
    files = {name: hashlib.sha256(name.encode()).hexdigest() for name in REQUIRED_FILES}
    return {
        "schema_version": 2,
        "name": "small",
        "licence": "MIT",
        "capabilities": ["caption"],
        "image": {"side": 64, "fit": "squash"},
        "decode": {"beams": 2, "max_tokens": 8, "end_token": 0},
        "calibration": {"bias": 0.0, "weights": {"mean_log_prob": 1.0, "lowest_log_prob": 0.5}},
        "files": files,
    } | changes


@pytest.fixture
def folder(tmp_path):
    """A bundle that is whole; what its files hold is not looked at before it is loaded."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name in REQUIRED_FILES:
        (folder / name).write_text(name)
    write(folder, manifest())
    return folder


def refusal(folder):
    """The message with which the bundle is refused: one line."""
    with pytest.raises(BundleError) as caught:
        open_bundle(folder)
    message = str(caught.value)
    assert message.isprintable(), repr(message)
    return message


def test_a_whole_bundle_opens(folder):
    bundle = open_bundle(folder)
    assert bundle.manifest.decode.max_tokens == 8
    assert bundle.path("encoder.onnx") == folder / "encoder.onnx"


def test_a_caption_may_repeat_itself_unless_the_manifest_says_otherwise(folder):
    assert open_bundle(folder).manifest.decode.no_repeat == 0
    write(folder, manifest(decode={"beams": 2, "max_tokens": 8, "end_token": 0, "no_repeat": 3}))
    assert open_bundle(folder).manifest.decode.no_repeat == 3


def test_keys_of_newer_versions_are_left_alone(folder):
    write(folder, manifest(text_in_view={"graph": "ocr.onnx"}))
    open_bundle(folder)


def test_the_manifest_of_the_documentation(folder):
    page = (Path(__file__).parents[3] / "docs/bundle.md").read_text(encoding="utf-8")
    example = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1])
    digits = dict.fromkeys(example["files"], "0" * 64)
    assert digits.keys() >= REQUIRED_FILES
    write(folder, example | {"files": digits})
    read = read_manifest(folder).model_dump(mode="json")
    for key in ("image", "decode", "calibration", "metrics"):
        assert read[key].items() >= example[key].items()
    assert set(json.loads((bundle_folder("builtin") / "manifest.json").read_text())) <= set(example)


def test_the_built_in_bundle_is_whole_and_light():
    folder = bundle_folder("builtin")
    open_bundle(folder)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 24e6


def test_a_bundle_in_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert bundle_folder("~/model") == tmp_path / "model"


def test_no_folder(tmp_path):
    message = refusal(tmp_path / "missing")
    assert "missing: not a model bundle" in message
    assert "name the folder" in message


def test_a_file_for_a_folder(folder):
    assert "not a model bundle" in refusal(folder / "encoder.onnx")


def test_no_manifest(folder):
    (folder / "manifest.json").unlink()
    message = refusal(folder)
    assert "not a model bundle" in message
    assert "manifest.json" in message


def test_a_folder_as_manifest(folder):
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").mkdir()
    assert "manifest.json: not a plain file; copy the bundle again" in refusal(folder)


@pytest.mark.parametrize("name", ["manifest.json", "encoder.onnx"])
def test_a_pipe_is_not_waited_for(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert f"{name}: not a plain file; copy the bundle again" in refusal(folder)


@pytest.mark.parametrize("name", ["manifest.json", "tokenizer.json"])
def test_a_link_out_of_the_folder(folder, tmp_path, name):
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    assert f"{name}: not a plain file; copy the bundle again" in refusal(folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file"),
        (b"{", "the file"),
        (b"[]", "the file"),
        (b"null", "the file"),
        (b"[" * 5000, "the file"),
        (b"\xff\xfe\x00\x01", "not text"),
        (b"{}" + b" " * 1_000_000, "larger than a manifest"),
    ],
    ids=["empty", "cut", "list", "null", "deep", "binary", "huge"],
)
def test_a_manifest_that_is_none(folder, content, said):
    (folder / "manifest.json").write_bytes(content)
    message = refusal(folder)
    assert f"manifest.json: {said}" in message
    assert "copy the bundle again" in message


@pytest.mark.parametrize("key", [key for key in manifest() if key != "metrics"])
def test_a_missing_key_is_named(folder, key):
    content = manifest()
    del content[key]
    write(folder, content)
    assert f"manifest.json: {key}: " in refusal(folder)


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("schema_version", 1, "schema_version"),
        ("schema_version", 3, "schema_version"),
        ("schema_version", "2", "schema_version"),
        ("capabilities", ["fly"], "capabilities.0"),
        ("image", {"side": 0, "fit": "squash"}, "image.side"),
        ("image", {"side": 10**9, "fit": "squash"}, "image.side"),
        ("image", {"side": 64, "fit": "stretch"}, "image.fit"),
        ("decode", {"beams": 0, "max_tokens": 8, "end_token": 0}, "decode.beams"),
        ("decode", {"beams": 2, "max_tokens": 8, "end_token": -1}, "decode.end_token"),
        ("decode", {"beams": 2, "max_tokens": 8, "end_token": 0, "no_repeat": -1}, "decode.no_repeat"),
        ("decode", {"beams": 2, "max_tokens": 8, "end_token": 0, "no_repeat": 65}, "decode.no_repeat"),
        ("calibration", {"bias": float("nan"), "weights": {}}, "calibration.bias"),
        ("calibration", {"bias": 0, "weights": {"mood": 1}}, "calibration.weights.mood.[key]"),
        ("metrics", {"cider": float("inf")}, "metrics.cider"),
        ("files", {"two\nlines": "x"}, "files.two?lines"),
        ("files", {"encoder.onnx": "F" * 64}, "files.encoder.onnx"),
    ],
)
def test_an_impossible_value_is_named(folder, key, value, named):
    write(folder, manifest(**{key: value}))
    assert f"manifest.json: {named}: " in refusal(folder)


@pytest.mark.parametrize("name", sorted(REQUIRED_FILES))
def test_a_needed_file_that_is_not_listed(folder, name):
    content = manifest()
    del content["files"][name]
    write(folder, content)
    assert f"files: {name} missing; the capability caption needs it; export" in refusal(folder)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "a/b", "..", ".", "", ".hidden", "nul\0", "two\nlines", "a/"]
)
def test_a_name_that_leads_elsewhere(folder, name):
    content = manifest()
    content["files"][name] = "0" * 64
    write(folder, content)
    message = refusal(folder)
    assert f"files: {name!r} is not a plain file name" in message


@pytest.mark.parametrize("name", sorted(REQUIRED_FILES))
def test_a_missing_file(folder, name):
    (folder / name).unlink()
    message = refusal(folder)
    assert str(folder / name) in message
    assert "copy the bundle again" in message


@pytest.mark.parametrize("name", sorted(REQUIRED_FILES))
def test_a_truncated_file(folder, name):
    (folder / name).write_text(name[:-1])
    assert f"{name}: damaged" in refusal(folder)


def test_a_wrong_hash(folder):
    content = manifest()
    content["files"]["decoder.onnx"] = "0" * 64
    write(folder, content)
    message = refusal(folder)
    assert "decoder.onnx: damaged" in message
    assert "copy the bundle again" in message


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_one_changed_byte_anywhere(folder, data):
    name = data.draw(st.sampled_from(sorted(REQUIRED_FILES)))
    at, change = data.draw(st.integers(0, len(name) - 1)), data.draw(st.integers(1, 255))
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :])
    try:
        assert f"{name}: damaged" in refusal(folder)
    finally:
        (folder / name).write_bytes(whole)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_as_manifest(folder, content):
    (folder / "manifest.json").write_bytes(content)
    refusal(folder)


def test_graphs_that_are_none(folder):
    """Whole by its hashes, but what it was made from was no model."""
    (folder / "tokenizer.json").write_text('{"model": {"vocab": {"a": 1}}, "added_tokens": []}')
    reseal(folder)
    with pytest.raises(BundleError, match=r"decoder\.onnx: can't be loaded: ") as caught:
        OnnxCaptioner(open_bundle(folder))
    assert str(caught.value).isprintable()


OBJECTS = {"image": {"side": 64, "fit": "squash"}, "classes": [{"name": "dog"}, {"name": "cat"}]}
PLACE = {"places": ["street", "room"], "grounds": ["road"]}


def more(*capabilities, without=(), **sections):
    """A manifest of a bundle that can do more than caption."""
    content = manifest(capabilities=["caption", *capabilities], **sections)
    content["files"] |= {f"{name}.onnx": "0" * 64 for name in ("detector", "place") if name not in without}
    return content


def test_a_bundle_may_find_objects_and_tell_the_place(folder):
    write(folder, more("objects", "place", objects=OBJECTS, place=PLACE))
    read = read_manifest(folder)
    assert [each.name for each in read.objects.classes] == ["dog", "cat"]
    assert read.place.grounds == ("road",)


def test_a_bundle_may_only_find_objects(folder):
    content = {
        "schema_version": 2,
        "name": "detector",
        "licence": "MIT",
        "capabilities": ["objects"],
        "objects": OBJECTS,
        "files": {"detector.onnx": hashlib.sha256(b"graph").hexdigest()},
    }
    (folder / "detector.onnx").write_bytes(b"graph")
    write(folder, content)
    bundle = open_bundle(folder)
    with pytest.raises(ValueError, match="does not caption"):
        _ = bundle.manifest.captioning
    with pytest.raises(BundleError, match="does not caption; choose another bundle"):
        OnnxCaptioner(bundle)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (manifest(capabilities=[]), "capabilities: names nothing that the model can do"),
        (manifest(capabilities=["caption", "caption"]), "capabilities: 'caption' is named twice"),
        (
            more("objects", without=["place"]),
            "objects: missing; the capability objects needs it",
        ),
        (
            more("objects", objects=OBJECTS, without=["detector", "place"]),
            "files: detector.onnx missing; the capability objects needs it",
        ),
        (
            more(objects=OBJECTS, without=["detector", "place"]),
            "objects: there without the capability objects, which it is for",
        ),
        (
            more(without=["place"]),
            "files: detector.onnx there without the capability objects, which it is for",
        ),
        (
            more("place", place=PLACE, without=["detector", "place"]),
            "files: place.onnx missing; the capability place needs it",
        ),
        (
            more("place", place=PLACE, objects=None, without=["detector"]) | {"capabilities": ["place"]},
            "image: there without the capability caption, which it is for",
        ),
        (
            more("objects", objects=OBJECTS | {"classes": [{"name": "dog"}] * 2}, without=["place"]),
            "objects.classes: 'dog' is named twice",
        ),
        (
            more("objects", objects=OBJECTS | {"image": {"side": 64, "fit": "crop"}}, without=["place"]),
            "objects.image.fit: the detector's has to be squash",
        ),
        (
            more("place", place=PLACE | {"grounds": ["road", "road"]}, without=["detector"]),
            "place.grounds: 'road' is named twice",
        ),
    ],
)
def test_what_a_model_can_do_and_what_it_has_belong_together(folder, content, message):
    write(folder, content)
    assert refusal(folder).endswith(f"manifest.json: {message}; export the bundle again")


def test_a_place_head_alone_has_nothing_to_read(folder):
    content = more("place", place=PLACE, without=["detector"]) | {"capabilities": ["place"]}
    for key in ("image", "decode", "calibration"):
        del content[key]
    content["files"] = {"place.onnx": "0" * 64}
    write(folder, content)
    assert "capabilities: place needs caption, whose encoder it reads; export" in refusal(folder)


def with_language(folder, **changes):
    """The manifest of a bundle with Indonesian beside English, and its files."""
    files = {name: hashlib.sha256(name.encode()).hexdigest() for name in REQUIRED_FILES}
    for name in ("decoder.id.onnx", "tokens.id.npy", "tokenizer.id.json"):
        (folder / name).write_text(name)
        files[name] = hashlib.sha256(name.encode()).hexdigest()
    section = {
        "decode": {"beams": 3, "max_tokens": 9, "end_token": 1},
        "calibration": {"bias": 1, "weights": {}},
    }
    return manifest(decoders={"id": section}, files=files) | changes


def test_a_bundle_may_have_further_languages(folder):
    write(folder, with_language(folder))
    read = open_bundle(folder).manifest
    further = read.captioning_in("id")
    assert (further.language, further.decode.beams, further.calibration.bias) == ("id", 3, 1)
    assert (further.decoder, further.tokens, further.tokenizer) == (
        "decoder.id.onnx",
        "tokens.id.npy",
        "tokenizer.id.json",
    )
    assert further.image == read.image
    for code in ("en", "nl", None):  # the first one, where it does not have that
        assert read.captioning_in(code) == read.captioning
    assert read.captioning.decoder == "decoder.onnx"


def test_a_language_without_its_files_or_told_twice(folder):
    content = with_language(folder)
    missing = {name: value for name, value in content["files"].items() if name != "tokens.id.npy"}
    write(folder, content | {"files": missing})
    assert "files: tokens.id.npy missing; the language id needs it" in refusal(folder)
    write(folder, content | {"language": "id"})
    assert "decoders: id is a language of the first decoder already" in refusal(folder)
    write(folder, content | {"decoders": {"../id": content["decoders"]["id"]}})
    assert "decoders" in refusal(folder)
