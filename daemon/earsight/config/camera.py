"""The section camera."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, FilePath, Section

VideoDevice = Annotated[str, Field(pattern=r"^/dev/[A-Za-z0-9/_.:-]+$", examples=["/dev/video0"])]
Pipeline = Annotated[str, Field(min_length=1, max_length=4000, examples=["v4l2src device=/dev/video0"])]


class CameraSection(Section):
    """Where the pictures come from."""

    source: Literal["auto", "picamera2", "opencv", "gstreamer", "replay"] = Field(
        default="auto",
        description="auto takes the board's camera, else a webcam, also one that comes later; at a terminal "
        "without a camera, replayed photos.",
    )
    device: Annotated[int, Field(ge=0, le=255)] | VideoDevice | None = Field(
        default=None,
        description="Which webcam opencv takes: its number or device file; null = the first that is there.",
    )
    pipeline: Pipeline | None = Field(
        default=None,
        description="GStreamer pipeline for the source gstreamer, with or without its appsink.",
    )
    replay: FilePath | None = Field(
        default=None,
        description="A photo, a folder of photos or a video for the source replay; null = demo photos.",
    )
    replay_interval: float = Field(
        default=3.0, ge=0.05, le=3600, description="Seconds for which a photo is shown."
    )
    width: int = Field(default=640, ge=64, le=4096, description="Width of the picture asked for, in pixels.")
    height: int = Field(
        default=480, ge=64, le=4096, description="Height of the picture asked for, in pixels."
    )
    fps: int = Field(default=15, ge=1, le=120, description="Pictures a second asked for.")
    rotation: Literal[0, 90, 180, 270] = Field(
        default=0,
        description="Degrees clockwise that set the picture upright when the camera is worn turned.",
    )
    max_age: float = Field(
        default=1.0,
        ge=0.1,
        le=10,
        description="Seconds after which a picture is too old to be what is in front.",
    )

    @model_validator(mode="after")
    def _complete(self) -> CameraSection:
        if self.source == "gstreamer" and self.pipeline is None:
            raise CombinationError("pipeline", "a pipeline, since source is gstreamer")
        return self
