"""A copy of the package in a folder of its own, to see what a new part has to touch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import earsight

SOURCE = Path(earsight.__file__).parent
ROOT = Path(__file__).parents[2]


class PackageCopy:
    """The package, with a link to its model.

    Attributes:
        touched: The files that were changed or added, as paths in the package.
    """

    def __init__(self, folder: Path) -> None:
        """Args:
        folder: Where the copy goes.
        """
        self._folder = folder
        self._package = folder / "earsight"
        without = shutil.ignore_patterns("builtin", "*.onnx", "__pycache__")
        shutil.copytree(SOURCE, self._package, ignore=without)
        (self._package / "bundles" / "builtin").symlink_to(SOURCE / "bundles" / "builtin")
        self.touched: set[str] = set()

    def add(self, path: str, text: str) -> None:
        """Add a file that there is not yet."""
        file = self._package / path
        assert not file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.touched.add(path)

    def insert(self, path: str, before: str, text: str) -> None:
        """Insert text into a file, once, before other text that stands in it once."""
        self.replace(path, before, text + before)

    def replace(self, path: str, old: str, new: str) -> None:
        """Put other text in the place of what stands in a file once."""
        file = self._package / path
        content = file.read_text(encoding="utf-8")
        assert content.count(old) == 1, f"{old!r} in {path}"
        file.write_text(content.replace(old, new), encoding="utf-8")
        self.touched.add(path)

    def append(self, path: str, text: str) -> None:
        """Add text to the end of a file."""
        file = self._package / path
        file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
        self.touched.add(path)

    def compile_catalogues(self) -> None:
        """As script/catalogues does."""
        locale = self._package / "language" / "locale"
        babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "compile"]
        subprocess.run([*babel, "--directory", locale, "--domain", "earsight"], check=True, timeout=60)

    def run(self, *arguments: str) -> str:
        """Run Python with the copy in the package's place, and the tests' own modules beside it.

        Returns:
            What it has printed.
        """
        paths = (self._folder, ROOT, ROOT / "daemon")
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
        ended = subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout
