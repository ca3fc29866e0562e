"""A model bundle for the simulated device that takes no arithmetic to speak of.

Emulated, one caption of the built-in model takes a minute where a board takes a tenth of a second, and what
is tried here is the device around it. This bundle tells the real photos apart and has one true sentence for
each; whatever else it sees gets the sentence of the photo that is likest to it. See docs/bundle.md.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from earsight.inference.preprocessing import resized
from tests.hil.camera import frame
from tests.hil.photos import photo

SENTENCES = (
    ("a woman in an orange suit", "Ġstands before a flag"),
    ("a cat looks", "Ġat the camera"),
    ("a motorcycle stands", "Ġin a garage"),
    ("a rocket stands", "Ġon its launch pad"),
    ("a cup of coffee", "Ġis on a table"),
)
"""One for each of the real photos, in the tokens of which it is said."""

_SIDE, _BLOCK = 32, 8
_SURE = 30.0
_WORDS = [token.replace(" ", "Ġ") for sentence in SENTENCES for token in sentence]
_END = len(_WORDS)
_VOCABULARY = _END + 1


def sentence(number: int) -> str:
    """What the wearer hears of a real photo."""
    text = "".join(SENTENCES[number]).replace("Ġ", " ")
    return f"{text[0].upper()}{text[1:]}."


def write(folder: Path, hangs_at: int | None = None) -> None:
    """The whole bundle; the folder is made. hangs_at: the number of the photo over which it never comes to an
    end, as a driver or a kernel that hangs in mid-sum."""
    folder.mkdir()
    onnx.save(_encoder(hangs_at), folder / "encoder.onnx")
    onnx.save(_decoder(), folder / "decoder.onnx")
    width = _VOCABULARY + len(SENTENCES)
    np.save(folder / "tokens.npy", np.eye(_VOCABULARY, width, dtype=np.float32))
    words = {word: number for number, word in enumerate([*_WORDS, "<end>"])}
    (folder / "tokenizer.json").write_text(
        json.dumps({"model": {"vocab": words}, "added_tokens": [{"id": _END}]}), encoding="utf-8"
    )
    manifest = {
        "schema_version": 2,
        "name": "hil",
        "licence": "MIT",
        "capabilities": ["caption"],
        "image": {"side": _SIDE, "fit": "squash"},
        "decode": {"beams": 1, "max_tokens": 4, "end_token": _END},
        "calibration": {"bias": 4.0, "weights": {}},
        "files": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _embedding(pixels: np.ndarray) -> np.ndarray:
    """What the encoder graph makes of a picture, uint8 (side, side, 3)."""
    cells = _SIDE // _BLOCK
    blocks = pixels.astype(np.float32).reshape(cells, _BLOCK, cells, _BLOCK, 3).mean((1, 3))
    flat = blocks.transpose(2, 0, 1).reshape(-1)
    flat -= flat.mean()
    return flat / np.linalg.norm(flat)


def _known() -> np.ndarray:
    """(sentences, any): the embeddings of the real photos as the camera delivers them."""
    shown = [np.frombuffer(frame(photo(number)), np.uint8) for number in range(len(SENTENCES))]
    return np.stack([_embedding(resized(bgr.reshape(480, 640, 3)[..., ::-1], _SIDE)) for bgr in shown])


def _encoder(hangs_at: int | None) -> onnx.ModelProto:
    known = _known()
    constants = {
        "likeness": (_SURE * known.T).astype(np.float32),
        "above_the_rest": np.array(2 * _SURE, np.float32),  # however unlike all of them
        "no_token": np.zeros((1, _VOCABULARY), np.float32),
        "as_prefix": np.array([1, 1, _VOCABULARY + len(known)]),
        "tiny": np.array(1e-6, np.float32),  # a picture of one colour is like nothing, and no division by 0
    }
    nodes = [
        helper.make_node("Cast", ["pixels"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["numbers"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node(
            "AveragePool", ["planes"], ["blocks"], kernel_shape=[_BLOCK, _BLOCK], strides=[_BLOCK, _BLOCK]
        ),
        helper.make_node("Flatten", ["blocks"], ["flat"]),
        helper.make_node("ReduceMean", ["flat"], ["mean"], keepdims=1),
        helper.make_node("Sub", ["flat", "mean"], ["centred"]),
        helper.make_node("ReduceL2", ["centred"], ["length"], keepdims=1),
        helper.make_node("Max", ["length", "tiny"], ["divisor"]),
        helper.make_node("Div", ["centred", "divisor"], ["embedding"]),
        helper.make_node("MatMul", ["embedding", "likeness"], ["alike"]),
        helper.make_node("Add", ["alike", "above_the_rest"], ["likely"]),
        *(_hang(hangs_at, constants) if hangs_at is not None else []),
        helper.make_node(
            "Concat", ["no_token", "likely" if hangs_at is None else "in the end"], ["row"], axis=1
        ),
        helper.make_node("Reshape", ["row", "as_prefix"], ["prefix"]),
    ]
    inputs = [helper.make_tensor_value_info("pixels", TensorProto.UINT8, [1, _SIDE, _SIDE, 3])]
    outputs = [
        helper.make_tensor_value_info("prefix", TensorProto.FLOAT, [1, 1, _VOCABULARY + len(known)]),
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, known.shape[1]]),
    ]
    return _model(nodes, inputs, outputs, constants)


def _hang(photo: int, constants: dict[str, np.ndarray]) -> list[onnx.NodeProto]:
    """Rounds without end where the picture is this photo, and none where it is another."""
    constants |= {
        "its_place": np.array([photo]),
        "alike_enough": np.array(0.95 * _SURE, np.float32),
        "for_ever": np.array(2**62),
    }
    form = [1, len(SENTENCES)]
    round_ = helper.make_graph(
        [
            helper.make_node("Identity", ["on"], ["on_again"]),
            helper.make_node("Identity", ["carried"], ["carried_on"]),
        ],
        "round",
        [
            helper.make_tensor_value_info("number", TensorProto.INT64, []),
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried", TensorProto.FLOAT, form),
        ],
        [
            helper.make_tensor_value_info("on_again", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried_on", TensorProto.FLOAT, form),
        ],
    )
    return [
        helper.make_node("Gather", ["alike", "its_place"], ["likeness to it"], axis=1),
        helper.make_node("Greater", ["likeness to it", "alike_enough"], ["is it"]),
        helper.make_node("Cast", ["is it"], ["once"], to=TensorProto.INT64),
        helper.make_node("Mul", ["once", "for_ever"], ["table of rounds"]),
        helper.make_node("ReduceMax", ["table of rounds"], ["rounds"], keepdims=0),
        helper.make_node("Loop", ["rounds", "", "likely"], ["in the end"], body=round_),
    ]


def _decoder() -> onnx.ModelProto:
    """Each token is followed by one other. No row sees another: keys and values are there for the form."""
    follows = np.zeros((_VOCABULARY + len(SENTENCES), _VOCABULARY), np.float32)
    for token in range(_END):
        starts = token % 2 == 0
        follows[token, token + 1 if starts else _END] = _SURE
    for number in range(len(SENTENCES)):
        follows[_VOCABULARY + number, 2 * number] = 1.0
    constants = {
        "follows": follows,
        "key": np.ones((follows.shape[0], 1), np.float32),
        "form": np.array([-1, 1, 1]),
    }
    nodes = [
        helper.make_node("Gather", ["vectors", "asked"], ["asking"], axis=0),
        helper.make_node("MatMul", ["asking", "follows"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["all"], axis=1),
        helper.make_node("TopK", ["all", "k"], ["log_probs", "ids"], axis=1),
        helper.make_node("MatMul", ["vectors", "key"], ["column"]),
        helper.make_node("Reshape", ["column", "form"], ["keys_0"]),
        helper.make_node("Neg", ["keys_0"], ["values_0"]),
    ]
    real, whole = TensorProto.FLOAT, TensorProto.INT64
    inputs = [
        helper.make_tensor_value_info("vectors", real, ["rows", follows.shape[0]]),
        helper.make_tensor_value_info("positions", whole, ["rows"]),
        helper.make_tensor_value_info("mask", real, ["rows", "all"]),
        helper.make_tensor_value_info("asked", whole, ["asked"]),
        helper.make_tensor_value_info("k", whole, [1]),
        helper.make_tensor_value_info("past_keys_0", real, ["n", 1, 1]),
        helper.make_tensor_value_info("past_values_0", real, ["n", 1, 1]),
    ]
    outputs = [
        helper.make_tensor_value_info("log_probs", real, ["asked", "k"]),
        helper.make_tensor_value_info("ids", whole, ["asked", "k"]),
        helper.make_tensor_value_info("keys_0", real, ["rows", 1, 1]),
        helper.make_tensor_value_info("values_0", real, ["rows", 1, 1]),
    ]
    return _model(nodes, inputs, outputs, constants)


def _model(nodes: list, inputs: list, outputs: list, constants: dict[str, np.ndarray]) -> onnx.ModelProto:
    kept = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "hil", inputs, outputs, kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    return model
