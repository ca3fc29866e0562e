"""What the doctor says."""

from __future__ import annotations

from dataclasses import replace

from earsight.cameras.source import CameraError
from earsight.doctor.finding import Status, failure, finding, spoken
from earsight.language.languages import load_language
from earsight.message import message
from tests.earsight.doctor.boards import found

ENGLISH, INDONESIAN = load_language("en"), load_language("id")
DISK = finding(
    "disk", Status.WARNING, message("doctor.disk.little", megabytes=3), message("doctor.disk.delete_files")
)
CAMERA = failure("camera", CameraError("There is no camera /dev/video0: plug it in."))


def test_nothing_wrong_is_said_in_two_words() -> None:
    assert spoken([found("camera", Status.OK, "fine")], ENGLISH) == ["Everything works."]
    assert spoken([], INDONESIAN) == ["Semuanya berfungsi."]


def test_failures_are_said_before_warnings_and_each_with_its_advice() -> None:
    findings = [
        DISK,
        CAMERA,
        found("model", Status.OK, "whole"),
        found("voice", advice="install espeak-ng"),
    ]
    assert spoken(findings, ENGLISH) == [
        "2 problems.",
        "The camera: There is no camera /dev/video0: plug it in.",
        "The voice: it is broken. Install espeak-ng.",
        "1 warning.",
        "The disk: only 3 megabytes are left. Delete files that you don't need.",
    ]


def test_in_another_language_no_english_is_said() -> None:
    odd = found("voice", detail="a driver's own English")
    assert spoken([DISK, CAMERA, odd], INDONESIAN) == [
        "Ada 2 masalah.",
        "Kamera: Saya tidak bisa melihat: kameranya tidak berfungsi.",
        "Suara bicara: tidak bisa diperiksa.",
        "Ada 1 peringatan.",
        "Penyimpanan: sisanya hanya 3 megabita. Hapus berkas yang tidak diperlukan.",
    ]


def test_one_odd_name_does_not_silence_the_rest() -> None:
    odd = replace(CAMERA, detail="The camera 'Safe to cross' is gone.")
    assert spoken([odd, found("voice")], ENGLISH) == [
        "2 problems.",
        "The camera isn't working.",
        "The voice: it is broken.",
    ]
