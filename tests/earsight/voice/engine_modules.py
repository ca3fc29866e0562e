"""Python packages of speech engines, made up by tests."""

import os


def install(folder, monkeypatch, name, code):
    """Let child processes import this code under a package's name."""
    (folder / f"{name}.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{os.environ.get('PYTHONPATH', '')}")
