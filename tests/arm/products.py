"""Runs on both processors: all outputs of a graph. Arguments: MODEL INPUTS.npz OUTPUTS.npz"""

from __future__ import annotations

import sys

import numpy as np
import onnxruntime

options = onnxruntime.SessionOptions()
# As the daemon sets them where it finds no VNNI.
options.add_session_config_entry("session.x64quantprecision", "1")
options.add_session_config_entry("session.disable_quant_qdq", "1")
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
names = [output.name for output in session.get_outputs()]
with np.load(sys.argv[2]) as inputs:
    results = session.run(names, dict(inputs))
np.savez(sys.argv[3], **dict(zip(names, results, strict=True)))
