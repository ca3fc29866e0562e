"""The section `camera`: one class for each source of pictures; the key `source` chooses between them.

A new source is a class here, an entry in AnyCamera, a module in earsight/cameras, and an entry in its
registry.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, Tag

from earsight.config.section import FilePath, Section, chosen_by

VideoDevice = Annotated[str, Field(pattern=r"^/dev/[A-Za-z0-9/_.:-]+$", examples=["/dev/video0"])]
Pipeline = Annotated[str, Field(min_length=1, max_length=4000, examples=["v4l2src device=/dev/video0"])]

_SOURCE = (
    "Camera. auto is the board's camera if there is one, and otherwise a webcam, even one that is plugged in "
    "later; at a terminal without a camera, photos."
)
_PIPELINE = "GStreamer pipeline of the source gstreamer, with or without an appsink at its end."


class CameraSection(Section):
    """Where the pictures come from."""

    source: str = Field(description=_SOURCE)
    device: Annotated[int, Field(ge=0, le=255)] | VideoDevice | None = Field(
        default=None,
        description="Webcam of the source opencv: its number or device file; null = the first one found.",
    )
    pipeline: Pipeline | None = Field(default=None, description=_PIPELINE)
    replay: FilePath | None = Field(
        default=None,
        description="A photo, a folder of photos or a video for the source replay; null = demo photos.",
    )
    replay_interval: float = Field(
        default=3.0, ge=0.05, le=3600, description="Seconds for which each photo is shown."
    )
    width: int = Field(default=640, ge=64, le=4096, description="Width of the pictures, in pixels.")
    height: int = Field(default=480, ge=64, le=4096, description="Height of the pictures, in pixels.")
    fps: int = Field(default=15, ge=1, le=120, description="Pictures per second.")
    still: bool = Field(
        default=True,
        description="true: text is read in a larger picture if the camera has one; false: in the same as all "
        "else, which is quicker where the camera is slow to switch.",
    )
    rotation: Literal[0, 90, 180, 270] = Field(
        default=0,
        description="Degrees clockwise that set the pictures upright if the camera is worn turned.",
    )
    max_age: float = Field(
        default=1.0,
        ge=0.1,
        le=10,
        description="Seconds after which a picture is too old to be what is in front of the wearer.",
    )


class AutoCamera(CameraSection):
    """The board's camera if there is one, and otherwise a webcam; at a terminal without a camera, photos."""

    source: Literal["auto"] = Field(default="auto", description=_SOURCE)


class Picamera2Camera(CameraSection):
    """A Raspberry Pi's own camera."""

    source: Literal["picamera2"] = Field(description=_SOURCE)


class OpenCvCamera(CameraSection):
    """A webcam."""

    source: Literal["opencv"] = Field(description=_SOURCE)


class GStreamerCamera(CameraSection):
    """A GStreamer pipeline."""

    source: Literal["gstreamer"] = Field(description=_SOURCE)
    pipeline: Pipeline = Field(description=_PIPELINE)


class ReplayCamera(CameraSection):
    """Photos or a video instead of a camera."""

    source: Literal["replay"] = Field(description=_SOURCE)


AnyCamera = Annotated[
    Annotated[AutoCamera, Tag("auto")]
    | Annotated[Picamera2Camera, Tag("picamera2")]
    | Annotated[OpenCvCamera, Tag("opencv")]
    | Annotated[GStreamerCamera, Tag("gstreamer")]
    | Annotated[ReplayCamera, Tag("replay")],
    chosen_by("source", "auto"),
]


def replayed(camera: CameraSection, photos: Path) -> ReplayCamera:
    """The settings of a camera with photos or a video in its place.

    Args:
        camera: What else is configured of it stays.
        photos: A photo, a folder of photos or a video.
    """
    shared = {name: getattr(camera, name) for name in CameraSection.model_fields}
    return ReplayCamera(**(shared | {"source": "replay", "replay": photos}))
