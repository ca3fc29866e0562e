"""Builds the system of the simulated device: Debian, with a kernel that has gpio-sim, vivid and snd-aloop."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.hil.debian import Apt, BuildError, call, mirror
from tests.hil.machine import Machine

HERE = Path(__file__).parent
SUITE = "bookworm"
"""That of Raspberry Pi OS for which every package of the daemon has a wheel, so that nothing is compiled."""

KERNEL_SUITE = "trixie-backports"
"""The kernels of bookworm and trixie have no gpio-sim."""

PACKAGES = (
    "systemd-sysv,udev,dbus,dbus-user-session,libpam-systemd,kmod,procps,psmisc,"
    "python3,python3-venv,python3-pip,alsa-utils,libasound2-plugins,espeak-ng,v4l-utils,"
    "pipewire,pipewire-alsa,pipewire-pulse,pipewire-bin,wireplumber,gpiod,busybox-static"
)
PULSEAUDIO = "srv/pulseaudio"
"""Its packages are there, but not installed: it and pipewire-alsa exclude each other."""

_FETCH_PULSEAUDIO = f"""\
set -e
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
apt-get clean
apt-get --quiet=2 --yes --download-only install pulseaudio
mkdir "$1/{PULSEAUDIO}"
mv "$1"/var/cache/apt/archives/*.deb "$1/{PULSEAUDIO}"
"""
BOOT_MODULES = ("virtio_pci", "virtio_blk", "ext4")
MODULES = (
    *BOOT_MODULES,
    *("9p", "9pnet_virtio", "virtio_console", "virtio_rng", "autofs4", "overlay", "loop", "zram"),
    *("gpio-sim", "configfs", "vivid", "snd-aloop", "snd-usb-audio", "xhci-pci", "i6300esb"),
    *("evdev", "uinput"),
)

MASKED = (
    "ldconfig systemd-binfmt systemd-hwdb-update serial-getty@ttyS0 serial-getty@ttyAMA0 getty@tty1 "
    "systemd-journal-catalog-update systemd-update-done systemd-pcrphase systemd-firstboot alsa-restore "
    "alsa-state console-getty systemd-networkd systemd-timesyncd"
).split()
"""Services that a throw-away machine has no use for, and that take seconds of its boot in emulation."""

MASKED_UNITS = (
    "getty.target apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer "
    "fstrim.timer dev-hugepages.mount proc-sys-fs-binfmt_misc.automount"
).split()

_INIT = """\
#!/bin/sh
b=/bin/busybox
$b mount -t proc proc /proc; $b mount -t sysfs sys /sys; $b mount -t devtmpfs dev /dev
for module in $($b cat /modules/order); do $b insmod /modules/$module; done
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 200 ]; do $b sleep 0.1; tries=$((tries + 1)); done
mode=rw
case " $($b cat /proc/cmdline) " in *" ro "*) mode=ro ;; esac
$b mount -t ext4 -o $mode /dev/vda /newroot || exec $b sh
$b umount /proc; $b umount /sys; $b mount --move /dev /newroot/dev
exec $b switch_root /newroot /sbin/init
"""


@dataclass(frozen=True)
class Image:
    """folder: where its files are kept, in one of their architecture."""

    folder: Path
    machine: Machine

    @property
    def kernel(self) -> Path:
        return self.folder / "vmlinuz"

    @property
    def initrd(self) -> Path:
        return self.folder / "initrd.img"

    @property
    def root(self) -> Path:
        """The system's files; the disk is made of a copy of them."""
        return self.folder / "root"

    @property
    def stamp(self) -> str:
        """Changes when what is built would."""
        digest = hashlib.sha256()
        for path in [*sorted(HERE.glob("files/**/*")), Path(__file__)]:
            if path.is_file():
                digest.update(f"{path.relative_to(HERE)}\0".encode() + path.read_bytes())
        return digest.hexdigest()

    def is_built(self) -> bool:
        stamp = self.folder / "stamp"
        return stamp.is_file() and stamp.read_text() == self.stamp

    def build(self) -> None:
        """Unless it is there. Raises BuildError."""
        if self.is_built():
            return
        if os.geteuid() != 0:
            raise BuildError("only root can build the simulated device: run sudo script/hil")
        for tool in ("mmdebstrap", "mke2fs", "depmod", "xz", "cpio", self.machine.emulator):
            if not shutil.which(tool):
                raise BuildError(f"{tool} is missing: run script/hil, which installs it")
        (self.folder / "stamp").unlink(missing_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        release = self._fetch_kernel()
        self._unpack_debian()
        self._add_modules(release)
        self._make_initrd(release)
        (self.folder / "stamp").write_text(self.stamp)

    # The kernel

    @property
    def _kernel_tree(self) -> Path:
        return self.folder / "kernel"

    def _fetch_kernel(self) -> str:
        """Its release. It is kept, since backports move on."""
        modules = self._kernel_tree / "usr/lib/modules"
        if not (self._kernel_tree / "complete").exists():
            shutil.rmtree(self._kernel_tree, ignore_errors=True)
            apt = Apt(self.folder / "apt", KERNEL_SUITE, self.machine.architecture)
            apt.update()
            needed = apt.dependencies(f"linux-image-{self.machine.architecture}")
            images = [name for name in needed if name.startswith("linux-image-")]
            if not images:
                raise BuildError(f"{KERNEL_SUITE} has no kernel for {self.machine.architecture}")
            release = images[0].removeprefix("linux-image-")
            parts = [f"linux-{part}-{release}" for part in ("base", "binary", "modules")]
            apt.unpack(parts, self._kernel_tree)
            shutil.rmtree(apt.folder)
            if not list(modules.glob("*/kernel/drivers/gpio/gpio-sim.ko*")):
                raise BuildError(f"the kernel {release} has no gpio-sim: tests/hil/image.py needs another")
            (self._kernel_tree / "complete").touch()
        if not (self._kernel_tree / "lib").exists():
            (self._kernel_tree / "lib").symlink_to("usr/lib")
        release = next(modules.iterdir()).name
        call("depmod", "-b", self._kernel_tree, release)
        shutil.copy(next(self._kernel_tree.rglob("vmlinuz*")), self.kernel)
        return release

    def _with_dependencies(self, release: str, *modules: str) -> list[Path]:
        """The modules' files, in the order in which they are loaded."""
        files: dict[Path, None] = {}
        for module in modules:
            command = ["modprobe", "-d", str(self._kernel_tree), "-S", release, "--show-depends", module]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise BuildError(f"the kernel {release} has no module {module}")
            lines = (line.split() for line in done.stdout.splitlines())
            files |= {Path(words[1]).resolve(): None for words in lines if words[0] == "insmod"}
        return list(files)

    def _add_modules(self, release: str) -> None:
        """Only those that are used, unpacked: the guest has no time to do that."""
        source = (self._kernel_tree / "usr/lib/modules" / release).resolve()
        target = self.root / "usr/lib/modules" / release
        target.mkdir(parents=True)
        for file in self._with_dependencies(release, *MODULES):
            unpacked = target / file.relative_to(source).with_name(file.name.removesuffix(".xz"))
            unpacked.parent.mkdir(parents=True, exist_ok=True)
            unpacked.write_bytes(_unpacked(file))
        for name in ("modules.builtin", "modules.builtin.modinfo"):
            shutil.copy(source / name, target)
        call("depmod", "-b", self.root, release)

    def _make_initrd(self, release: str) -> None:
        """No more than it takes to mount the disk."""
        tree = self.folder / "initrd"
        shutil.rmtree(tree, ignore_errors=True)
        for name in ("bin", "proc", "sys", "dev", "newroot", "modules"):
            (tree / name).mkdir(parents=True)
        shutil.copy(self.root / "bin/busybox", tree / "bin/busybox")
        (tree / "bin/sh").symlink_to("busybox")
        files = self._with_dependencies(release, *BOOT_MODULES)
        for file in files:
            (tree / "modules" / file.name.removesuffix(".xz")).write_bytes(_unpacked(file))
        order = [file.name.removesuffix(".xz") for file in files]
        (tree / "modules/order").write_text("\n".join(order))
        (tree / "init").write_text(_INIT)
        (tree / "init").chmod(0o755)
        names = "\n".join(str(path.relative_to(tree)) for path in [tree, *tree.rglob("*")])
        archive = ["cpio", "--create", "--format=newc", "--quiet"]
        done = subprocess.run(archive, cwd=tree, input=names.encode(), capture_output=True, check=True)
        self.initrd.write_bytes(gzip.compress(done.stdout, 1))
        shutil.rmtree(tree)

    # The system

    def _unpack_debian(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        doc = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "doc", "locale")]
        call(
            # It mounts /proc, /sys and /dev there, and leaves them mounted when it is killed.
            *("unshare", "--mount", "mmdebstrap"),
            "--quiet",
            "--variant=minbase",
            "--format=directory",
            f"--architectures={self.machine.architecture}",
            '--aptopt=Apt::Install-Recommends "false"',
            *doc,
            f"--include={PACKAGES}",
            f"--customize-hook={_FETCH_PULSEAUDIO}",
            SUITE,
            self.root,
            f"deb {mirror()} {SUITE} main",
            f"deb {mirror()} {SUITE}-updates main",
        )
        units = self.root / "etc/systemd/system"
        for unit in (*(f"{name}.service" for name in MASKED), *MASKED_UNITS):
            (units / unit).unlink(missing_ok=True)
            (units / unit).symlink_to("/dev/null")
        shutil.copytree(HERE / "files", self.root, symlinks=True, dirs_exist_ok=True)
        wants = units / "multi-user.target.wants"
        wants.mkdir(exist_ok=True)
        (wants / "hil-agent.service").symlink_to("../hil-agent.service")
        (self.root / "hil").mkdir()
        (self.root / "etc/hostname").write_text("earsight\n")
        (self.root / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")
        for name in ("etc/.updated", "var/.updated"):
            (self.root / name).touch()


def _unpacked(module: Path) -> bytes:
    if module.suffix != ".xz":
        return module.read_bytes()
    return subprocess.run(["xz", "--decompress", "--stdout", module], capture_output=True, check=True).stdout
