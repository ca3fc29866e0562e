"""A LitServe server with OpenAI's API, whose model names the strongest colour of the picture.

python -m tests.earsight.captioners.remote.litserve_colours PORT
"""

from __future__ import annotations

import base64
import io
import sys

import litserve
import numpy as np
from PIL import Image


class Colours(litserve.LitAPI):
    def setup(self, device: str) -> None:
        """There is nothing to load."""

    def predict(self, messages):
        (part,) = (each for each in messages[-1]["content"] if each["type"] == "image_url")
        picture = base64.b64decode(part["image_url"]["url"].partition(",")[2])
        strengths = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).mean(axis=(0, 1))
        yield f"A {('red', 'green', 'blue')[int(strengths.argmax())]} wall."


if __name__ == "__main__":
    litserve.LitServer(Colours(spec=litserve.OpenAISpec()), accelerator="cpu").run(
        host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, num_api_servers=1
    )
