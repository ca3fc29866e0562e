"""script/run and its set-up, with a made-up Python that notes what it is asked to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "script"

PYTHON = """#!/bin/bash
# Stands for Python: makes environments that hold a copy of it, and "installs" an earsight that echoes.
case "$*" in
    --version) echo "Python 3.13.0" ;;
    *"-m venv "*)
        echo "venv ${*:3}" >>"$NOTES"
        target=${*: -1}
        mkdir -p -- "$target/bin"
        cp -- "$0" "$target/bin/python"
        ;;
    "-m pip "*)
        echo "pip ${*:3}" >>"$NOTES"
        [[ -z ${PIP_FAILS-} ]] || exit 1
        printf '#!/bin/bash\\nprintf "%%s\\\\n" "$PWD" "$@"\\n' >"${0%python}earsight"
        chmod +x "${0%python}earsight"
        ;;
esac
"""

SPEAKS = "#!/bin/bash\nprintf '%0100d' 0\n"


class Clone:
    """A clone of the repository that nobody has started yet, on a machine with what `programs` names."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a clone"
        self.notes = folder / "notes"
        self._programs = folder / "programs"
        (self.root / "config").mkdir(parents=True)
        shutil.copytree(SCRIPTS, self.root / "script", ignore=shutil.ignore_patterns("*.py"))
        for name in ("setup.py", "pyproject.toml"):
            (self.root / name).write_text("# first\n", encoding="utf-8")
        self.notes.touch()
        self._programs.mkdir()
        for name in ("python3.13", "espeak-ng", "aplay"):
            self.has(name, {"python3.13": PYTHON, "espeak-ng": SPEAKS}.get(name, "#!/bin/bash\n"))
        # What the scripts take from the system, and nothing else of it.
        tools = "bash cat chmod cp dirname env flock head mkdir mv readlink rm sed sha256sum sort tr wc"
        for tool in tools.split():
            found = shutil.which(tool)
            assert found, tool
            (self._programs / tool).symlink_to(found)
        # No Raspberry Pi, wherever the tests run.
        grep = shutil.which("grep")
        self.has("grep", f'#!/bin/bash\n[[ $* != */proc/device-tree/model* ]] && exec {grep} "$@"\n')

    def has(self, name: str, text: str) -> None:
        (self._programs / name).write_text(text, encoding="utf-8")
        (self._programs / name).chmod(0o755)

    def lacks(self, name: str) -> None:
        (self._programs / name).unlink()

    def run(self, *arguments: str, at: Path | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "script" / "run", *arguments],
            cwd=at or self.root,
            env={"PATH": str(self._programs), "NOTES": str(self.notes), **extra},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )

    def asked(self) -> list[str]:
        """What Python was asked for since the last time."""
        lines = self.notes.read_text(encoding="utf-8").splitlines()
        self.notes.write_text("", encoding="utf-8")
        return [line.split()[0] for line in lines]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_the_first_start_sets_up_and_the_second_does_not(clone: Clone, tmp_path: Path) -> None:
    first = clone.run("--once", "--replay", "a photo.jpg", at=tmp_path)
    assert first.returncode == 0, first.stderr
    config = str(clone.root / "config" / "desktop.yaml")
    # In the caller's folder, so that relative paths mean what they meant there.
    assert first.stdout.splitlines() == [
        str(tmp_path),
        "run",
        "--config",
        config,
        "--once",
        "--replay",
        "a photo.jpg",
    ]
    assert clone.asked() == ["venv", "pip"]
    second = clone.run("--once")
    assert second.returncode == 0
    assert second.stderr == ""
    assert clone.asked() == []


def test_a_config_among_the_arguments_comes_last_and_so_counts(clone: Clone) -> None:
    assert clone.run("--config", "mine.yaml").stdout.splitlines()[-2:] == ["--config", "mine.yaml"]


def test_changed_needs_are_installed_into_the_same_environment(clone: Clone) -> None:
    clone.run()
    clone.asked()
    (clone.root / "setup.py").write_text("# second\n", encoding="utf-8")
    assert clone.run().returncode == 0
    assert clone.asked() == ["pip"]


def test_a_folder_that_was_moved_gets_a_new_environment(clone: Clone) -> None:
    clone.run()
    clone.asked()
    clone.root = clone.root.rename(clone.root.with_name("elsewhere"))
    assert clone.run().returncode == 0
    assert clone.asked() == ["venv", "pip"]


def test_a_set_up_that_failed_is_done_again(clone: Clone) -> None:
    failed = clone.run(PIP_FAILS="yes")
    assert failed.returncode == 1
    assert "Check the network" in failed.stderr.splitlines()[-1]
    clone.asked()
    assert clone.run().returncode == 0
    assert clone.asked() == ["venv", "pip"]


def test_without_a_sound_player_it_goes_on(clone: Clone) -> None:
    clone.lacks("aplay")
    started = clone.run()
    assert started.returncode == 0
    assert "alsa-utils" in started.stderr
    assert "speech will go into a WAV file" in started.stderr


def test_without_a_speech_engine_it_says_what_to_install(clone: Clone) -> None:
    clone.lacks("espeak-ng")
    started = clone.run()
    assert started.returncode == 1
    assert "install espeak-ng" in started.stderr
    assert clone.asked() == []
    clone.has("espeak-ng", SPEAKS)
    assert clone.run().returncode == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # Debian's piper configures gaming mice.
        ("piper", "#!/bin/bash\necho 'Unable to init server' >&2\nexit 1\n"),
        ("espeak-ng", "#!/bin/bash\necho 'no data' >&2\nexit 1\n"),
        ("espeak-ng", "#!/bin/bash\nprintf '%044d' 0\n"),
    ],
)
def test_a_program_that_does_not_speak_is_no_speech_engine(clone: Clone, name: str, text: str) -> None:
    clone.lacks("espeak-ng")
    clone.has(name, text)
    started = clone.run()
    assert started.returncode == 1
    assert "install espeak-ng" in started.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs without sudo")
def test_as_root_it_installs_the_speech_engine_and_fetches_lists_only_if_needed(clone: Clone) -> None:
    clone.lacks("espeak-ng")
    clone.has("speaks", SPEAKS)
    clone.has(
        "apt-get",
        """#!/bin/bash
        echo "${*: -3}" >>"$NOTES"
        if [[ $* == *" update" ]]; then : >"$NOTES.lists"; fi
        programs=${BASH_SOURCE[0]%apt-get}
        if [[ $* == *" espeak-ng" ]]; then
            [[ -e $NOTES.lists ]] && cp -- "${programs}speaks" "${programs}espeak-ng"
        fi
        """,
    )
    assert clone.run().returncode == 0
    notes = clone.notes.read_text(encoding="utf-8").splitlines()
    assert [line.split()[-1] for line in notes[:3]] == ["espeak-ng", "update", "espeak-ng"]


def test_without_python_it_says_so(clone: Clone) -> None:
    clone.lacks("python3.13")
    started = clone.run()
    assert started.returncode == 1
    assert "Python is missing" in started.stderr
