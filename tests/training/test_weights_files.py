import io
import os
import zipfile

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from safetensors.torch import save  # noqa: E402

from earsight_training.library_paths import library_path  # noqa: E402
from earsight_training.weights_files import (  # noqa: E402
    WeightsFileError,
    load_safetensors,
    load_torch,
    safetensors_problem,
)

STATE = {"weight": torch.arange(3000.0)}
STAND_INS = [
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\n", "a Git LFS pointer", "git lfs pull"),
    (b"/annex/objects/MD5E-s9--0a.pt\n", "a git-annex pointer", "git annex get"),
    (b"\n <!DOCTYPE html><html>", "a web page (HTML)", "download it again"),
    (b"<?xml version='1.0'?><Error/>", "XML text", "download it again"),
    (b'{"error":"Repository not found"}', "JSON text", "download it again"),
    (b"", "an empty file", "again"),
    (bytes(9000), "a file of zeros", "not downloaded or copied whole"),
]


def written(**options):
    file = io.BytesIO()
    torch.save(STATE, file, **options)
    return file.getvalue()


ZIP, LEGACY, SAFE = written(), written(_use_new_zipfile_serialization=False), save(STATE)


def refusal(path, content, load=load_torch):
    path.write_bytes(content)
    with pytest.raises(WeightsFileError) as refused:
        load(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("content", [ZIP, LEGACY], ids=["zip", "legacy"])
def test_whole_files_are_read(tmp_path, content):
    (tmp_path / "x.pt").write_bytes(content)
    assert torch.equal(load_torch(tmp_path / "x.pt")["weight"], STATE["weight"])
    (tmp_path / "x.safetensors").write_bytes(SAFE)
    assert torch.equal(load_safetensors(tmp_path / "x.safetensors")["weight"], STATE["weight"])
    assert safetensors_problem(tmp_path / "x.safetensors") is None


@pytest.mark.parametrize(("content", "what", "remedy"), STAND_INS, ids=[what for _, what, _ in STAND_INS])
@pytest.mark.parametrize("load", [load_torch, load_safetensors])
def test_what_was_not_downloaded(tmp_path, content, what, remedy, load):
    message = refusal(tmp_path / "x.pt", content, load)
    assert f"it is {what}" in message
    assert remedy in message


@pytest.mark.parametrize("share", [0.01, 0.3, 0.999])
@pytest.mark.parametrize(
    ("whole", "load"), [(ZIP, load_torch), (LEGACY, load_torch), (SAFE, load_safetensors)], ids=range(3)
)
def test_what_is_cut_off(tmp_path, whole, load, share):
    size = int(share * len(whole))
    message = refusal(tmp_path / "x.pt", whole[:size], load)
    assert f"cut off after {size:,} bytes: it was not downloaded or copied whole" in message


def test_what_is_damaged(tmp_path):
    at = len(ZIP) // 2
    flipped = ZIP[:at] + bytes([ZIP[at] ^ 0xFF]) + ZIP[at + 1 :]
    assert "damaged: download or copy it again" in refusal(tmp_path / "x.pt", flipped)
    assert "damaged" in refusal(tmp_path / "x.pt", SAFE[:9] + b"@" + SAFE[10:], load_safetensors)


class Callout:
    """What a hostile file would hold."""

    def __reduce__(self):
        return print, ("called",)


@pytest.mark.parametrize("new", [True, False])
def test_other_objects_are_told_apart_and_no_code_is_run(tmp_path, capsys, new):
    file = io.BytesIO()
    torch.save({"model": Callout()}, file, _use_new_zipfile_serialization=new)
    message = refusal(tmp_path / "x.pt", file.getvalue())
    assert "it holds other Python objects than tensors" in message
    assert "state_dict() alone" in message
    assert capsys.readouterr().out == ""


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_files_of_other_kinds_are_named(tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("readme.txt", "hello")
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), script)
    for content, said in (
        (archive.getvalue(), "a ZIP archive without weights of PyTorch"),
        (script.getvalue(), "a TorchScript archive"),
        (b"GGUF" + bytes(50), "weights of llama.cpp (GGUF)"),
        (b"\x1f\x8b\x08" + bytes(50), "a gzip archive: unpack it first"),
        (SAFE, "a safetensors file: its name has to end in .safetensors"),
        (b"hello", "not a file of weights that torch.save() wrote"),
    ):
        assert said in refusal(tmp_path / "x.pt", content)
    assert "weights of PyTorch" in refusal(tmp_path / "x.safetensors", ZIP, load_safetensors)


def test_names_that_are_not_text(tmp_path):
    plain = tmp_path / "weights.pt"
    plain.write_bytes(b"x")
    with library_path(plain) as path:
        assert path == str(plain)
    odd = tmp_path / os.fsdecode(b"poids\xe9")
    odd.mkdir()
    (odd / "x.pt").write_bytes(ZIP)
    with library_path(odd) as path:
        assert path.isascii()
        assert os.listdir(path) == ["x.pt"]  # noqa: PTH208
    assert load_torch(odd / "x.pt").keys() == STATE.keys()
    with pytest.raises(FileNotFoundError), library_path(odd / "none"):
        pass
