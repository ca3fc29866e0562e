"""Every command has a help text, which needs no torch, with examples."""

import io
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("transformers", reason="transformers comes with the train extra")
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

from earsight_training.cli import COMMANDS, main  # noqa: E402

# What comes with the train extra alone.
WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}")
sys.meta_path.insert(0, Absent())
from earsight_training.cli import main
sys.exit(main(sys.argv[1:]))
"""
ABSENT = ("torch", "transformers", "tokenizers", "safetensors", "onnx", "pycocoevalcap", "matplotlib")
ABSENT += ("sklearn", "scipy", "ai_edge_litert", "tensorboard")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_needs_no_torch(command):
    program = WITHOUT.format(absent=ABSENT)
    done = subprocess.run(
        [sys.executable, "-c", program, command, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"Examples:\n  earsight-train {command} " in done.stdout


def test_a_command_without_torch_says_what_to_install():
    program = WITHOUT.format(absent=ABSENT)
    words = ["embed", "--data", ".", "--clip", "RN50", "--out", "e.safetensors"]
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "install the training extra: pip install '.[train]'" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_are_understood(command):
    """That all their options and values are ones that the command takes."""
    from earsight_training import cli

    examples = import_module(f"earsight_training.commands.{command}").EXAMPLES
    assert examples
    text = io.StringIO()
    with redirect_stdout(text), pytest.raises(SystemExit):
        main([command, "--help"])
    for example in examples:
        assert f"earsight-train {command} {example}" in text.getvalue()
        cli._parser(command).parse_args([command, *shlex.split(example)])


def test_java_is_looked_for_before_anything_is_exported(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("java") is None
    words = ["export", "none.pt", "--data", "none", "--out", str(tmp_path / "bundle")]
    assert main(words) == 1
    assert "scoring needs Java" in capsys.readouterr().err
    assert not (tmp_path / "bundle").exists()


@pytest.mark.parametrize("command", ["embed", "split", "train", "export", "evaluate", "import"])
def test_the_first_example_is_one_of_the_documentation(command):
    """The commands of docs/training.md are run by test_clip_way.py."""
    guide = (Path(__file__).parents[2] / "docs/training.md").read_text(encoding="utf-8")
    (example, *_) = import_module(f"earsight_training.commands.{command}").EXAMPLES
    assert f"earsight-train {command} {example}\n" in guide
