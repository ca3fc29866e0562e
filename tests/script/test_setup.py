"""script/run and its set-up, with a made-up Python that notes what it is asked to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
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
        tools = "bash cat chmod chown cp cut dirname env flock getent head mkdir mv readlink rm sed setpriv"
        tools += " sha256sum sort stat tr wc"
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

    def run(
        self,
        *arguments: str,
        at: Path | None = None,
        script: str = "run",
        user: int | None = None,
        **extra: str,
    ) -> subprocess.CompletedProcess[str]:
        """user: whose id it has; None for ours."""
        as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        return subprocess.run(
            [*as_user, self.root / "script" / script, *arguments],
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


CALLED_BY_PEOPLE = sorted(
    path.name for path in SCRIPTS.iterdir() if os.access(path, os.X_OK) and path.name != "cant-start"
)


@pytest.mark.parametrize("script", CALLED_BY_PEOPLE)
@pytest.mark.parametrize("asked", ["--help", "-h"])
def test_help_sets_nothing_up(clone: Clone, script: str, asked: str) -> None:
    told = clone.run(asked, script=script, at=clone.root.parent)
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    head = (SCRIPTS / script).read_text(encoding="utf-8").splitlines()
    assert told.stdout.splitlines()[0] == head[1].removeprefix("# ")
    assert f"script/{script}" in told.stdout
    for of_the_program in ("shellcheck", "set -euo", "source "):
        assert of_the_program not in told.stdout
    assert clone.asked() == []
    assert not (clone.root / ".venv").exists()


def test_help_of_what_is_set_up_has_the_options_too(clone: Clone) -> None:
    clone.run()
    told = clone.run("--help")
    assert told.stdout.splitlines()[0].startswith("Set Earsight up")
    assert told.stdout.splitlines()[-2:] == ["run", "--help"]


# As root and as oneself

SOMEBODY, SOMEBODY_ELSE = 54321, 54322
"""Users without a name, as in a container."""

by_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture
def open_clone() -> Iterator[Clone]:
    """In a folder that every user can go into."""
    with tempfile.TemporaryDirectory(prefix="earsight-") as folder:
        Path(folder).chmod(0o755)
        clone = Clone(Path(folder))
        clone.notes.chmod(0o666)
        yield clone


def give(clone: Clone, user: int) -> None:
    for path in (clone.root, *clone.root.rglob("*")):
        os.chown(path, user, user, follow_symlinks=False)


def owners(clone: Clone) -> set[int]:
    return {path.lstat().st_uid for path in clone.root.rglob("*")}


@by_root
@pytest.mark.parametrize("again", [(), ("changed needs",)])
def test_with_sudo_and_then_as_oneself(open_clone: Clone, again: tuple[str, ...]) -> None:
    give(open_clone, SOMEBODY)
    first = open_clone.run()
    assert first.returncode == 0, first.stderr
    assert "going on as that user" in first.stderr
    assert owners(open_clone) == {SOMEBODY}
    open_clone.asked()
    for needs in again:
        (open_clone.root / "setup.py").write_text(needs, encoding="utf-8")
    second = open_clone.run(user=SOMEBODY)
    assert second.returncode == 0, second.stderr
    assert "denied" not in second.stderr
    assert open_clone.asked() == ["pip" for _ in again]


@by_root
def test_with_sudo_the_program_is_the_owners(open_clone: Clone) -> None:
    give(open_clone, SOMEBODY)
    open_clone.run()
    program = open_clone.root / ".venv" / "bin" / "earsight"
    program.write_text('#!/bin/bash\necho "$EUID $HOME"\n', encoding="utf-8")
    assert open_clone.run(HOME="/root").stdout.split(" ", 1)[0] == str(SOMEBODY)


@by_root
def test_what_root_has_left_there_is_given_back(open_clone: Clone) -> None:
    open_clone.run()
    give(open_clone, SOMEBODY)
    for path in (open_clone.root / ".venv").rglob("*"):
        os.chown(path, 0, 0, follow_symlinks=False)
    (open_clone.root / "setup.py").write_text("changed needs", encoding="utf-8")
    assert open_clone.run().returncode == 0
    assert owners(open_clone) - {SOMEBODY} == set()


@by_root
def test_what_somebody_else_has_set_up_is_told_in_a_line_and_left_alone(open_clone: Clone) -> None:
    give(open_clone, SOMEBODY)
    assert open_clone.run(user=SOMEBODY).returncode == 0
    assert open_clone.run(user=SOMEBODY_ELSE).returncode == 0, "nothing is to be set up"
    (open_clone.root / "setup.py").write_text("changed needs", encoding="utf-8")
    refused = open_clone.run(user=SOMEBODY_ELSE)
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "belongs to" in refused.stderr


@by_root
def test_an_environment_of_root_in_ones_own_folder_is_told_in_a_line(open_clone: Clone) -> None:
    open_clone.run()
    for path in (open_clone.root, open_clone.root / "setup.py"):
        os.chown(path, SOMEBODY, SOMEBODY)
    (open_clone.root / "setup.py").write_text("changed needs", encoding="utf-8")
    refused = open_clone.run(user=SOMEBODY)
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "sudo rm -rf" in refused.stderr


@by_root
def test_a_python_in_roots_home_is_not_for_others(open_clone: Clone) -> None:
    home = open_clone.root.parent / "roots home"
    (home / "bin").mkdir(parents=True)
    shutil.copy(open_clone.root.parent / "programs" / "python3.13", home / "bin")
    open_clone.lacks("python3.13")
    open_clone.has("python3.12", PYTHON)
    path = f"{home}/bin:{open_clone.root.parent}/programs"
    assert open_clone.run(PATH=path, HOME=str(home)).returncode == 0
    assert open_clone.run(user=SOMEBODY, PATH=path).returncode == 0
    assert (open_clone.root / ".venv/earsight-setup").read_text(encoding="utf-8").count("roots home") == 0
    venv = open_clone.notes.read_text(encoding="utf-8")
    assert venv.count("venv ") == 1


def test_without_python_it_says_so(clone: Clone) -> None:
    clone.lacks("python3.13")
    started = clone.run()
    assert started.returncode == 1
    assert "Python is missing" in started.stderr
