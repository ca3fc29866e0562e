"""Earsight: a head-worn camera that says what is in front of you."""

import os

__version__ = "0.1.0"

# From 1.29 on, ONNX Runtime tells Microsoft of every model that runs, and keeps a number for the device in
# the home folder, from its import on. Nothing leaves a device that runs Earsight.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
