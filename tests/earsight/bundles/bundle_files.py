"""Folders that are bundles, or nearly."""

import hashlib
import json
import shutil
from pathlib import Path

from earsight.bundles.bundle import bundle_folder, read_manifest
from earsight_bundle.files import DETECTOR, PLACE, weights_of


def write(folder, content):
    (folder / "manifest.json").write_text(json.dumps(content))


def copy_of_the_built_in(tmp_path) -> Path:
    return Path(shutil.copytree(bundle_folder("builtin"), tmp_path / "copy"))


def captions_only(tmp_path) -> Path:
    """A copy of the built-in bundle that only captions, whatever else the built-in one can do."""
    folder = copy_of_the_built_in(tmp_path)
    content = json.loads((folder / "manifest.json").read_text())
    content["capabilities"] = ["caption"]
    for key, file in (("objects", DETECTOR), ("place", PLACE)):
        content.pop(key, None)
        for name in (file, weights_of(file)):
            (folder / name).unlink(missing_ok=True)
            content["files"].pop(name, None)
    write(folder, content)
    return folder


def reseal(folder):
    """Hashes that fit the files as they are."""
    content = json.loads((folder / "manifest.json").read_text())
    content["files"] = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in content["files"]
    }
    write(folder, content)
    read_manifest(folder)
