"""The published page's way of working, as a Flask server, written for the comparison:

    python -m benchmarks.server.published_page WEIGHTS SIZES FOLDER PORT

After what deploy/main.py of github.com/daffaalfajrii1/image-captioning-MM-CLIP-RN50x4 does with each request:
the photo goes to a file under the name that the client gave it, is opened from there, and is captioned in
the request's own thread, by torch in float32, with the beam search that reads everything anew at each step.
Left out, to its advantage: speech by gTTS and translation by googletrans, which need the internet, and the
debugger's reloader, which holds the model twice.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import numpy as np
from flask import Flask, Response, jsonify, request
from PIL import Image

from benchmarks.full_size.published import Published
from benchmarks.full_size.sizes import BY_NAME
from benchmarks.full_size.system import Stages
from tests.training.gpt2_models import byte_tokenizer


def create_app(weights: Path, sizes: str, folder: Path) -> Flask:
    """The application.

    Args:
        weights: Folder that full_size.prepare() has made.
        sizes: Their name.
        folder: Where photos are kept.
    """
    model, tokenizer = Published(weights, BY_NAME[sizes]), byte_tokenizer(BY_NAME[sizes].vocabulary)
    app = Flask(__name__)

    @app.get("/")
    def page() -> str:
        return "Send a photo."

    @app.post("/")
    def caption() -> Response:
        photo = request.files["image"]
        path = folder / Path(photo.filename or "photo").name
        photo.save(path)
        pixels = np.asarray(Image.open(path).convert("RGB"))
        tokens = model.caption(pixels, Stages())
        return jsonify({"caption": tokenizer.decode(tokens), "audio_data": ""})

    return app


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _weights, _sizes, _folder, _port = sys.argv[1:]
    create_app(Path(_weights), _sizes, Path(_folder)).run(port=int(_port))
