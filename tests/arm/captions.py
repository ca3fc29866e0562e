"""Runs on both processors: captions of photos, one JSON object each. Arguments: BUNDLE PHOTO...

`earsight describe` gives decoding 3 s. An emulated processor may need more, and come to other words.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from earsight.bundles.bundle import bundle_folder, open_bundle
from earsight.cameras.photos import load_photo
from earsight.captioners.onnx import OnnxCaptioner
from earsight.scene import Frame
from earsight.vision.describer import Describer

describer = Describer(OnnxCaptioner(open_bundle(bundle_folder(sys.argv[1])), time_limit=600))
for photo in sys.argv[2:]:
    caption = describer.describe(Frame(load_photo(Path(photo)), captured_at=0.0)).scene.captions[0]
    print(json.dumps({"words": caption.text, "confidence": caption.confidence}), flush=True)
