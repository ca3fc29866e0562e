"""Training, scoring and export of Earsight's captioners. Ends in a model bundle; never imports the daemon."""

import os

# As in the daemon: ONNX Runtime would tell Microsoft of every model that runs.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
