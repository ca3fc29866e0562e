import os
import shutil

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("transformers", reason="transformers comes with the train extra")

from tokenizers import Tokenizer, models  # noqa: E402

from earsight_training.data.tokens import (  # noqa: E402
    VocabularyError,
    gpt2_vocabulary,
    refuse_larger_vocabulary,
)
from earsight_training.networks.gpt2 import Gpt2Error, decoder_from, load_gpt2, load_tokenizer  # noqa: E402
from tests.training.gpt2_models import SENTENCES, byte_tokenizer, gpt2_folder, gpt2_model  # noqa: E402

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return gpt2_folder(tmp_path_factory.mktemp("gpt2"), heads=4)


@torch.no_grad()
def test_our_decoder_is_gpt2(folder):
    """From embeddings, as the prefix comes: all logits at once, and token by token with the cache."""
    from transformers import GPT2LMHeadModel

    theirs = GPT2LMHeadModel.from_pretrained(folder).eval()
    ours = load_gpt2(str(folder)).eval()
    prefix, tokens = torch.randn(3, 5, 64), torch.randint(0, 300, (3, 7))
    embedded = torch.cat([prefix, theirs.transformer.wte(tokens)], 1)
    expected = theirs(inputs_embeds=embedded).logits[:, 4:]
    first, cache = ours.read_prefix(prefix)
    hidden, _ = ours.read_tokens(tokens, cache)
    found = ours.logits(torch.cat([first[:, None], hidden], 1))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_the_vocabulary_ends_with_a_full_stop(folder):
    vocabulary = gpt2_vocabulary(load_tokenizer(str(folder)))
    assert vocabulary.end == 13
    for sentence in SENTENCES:
        ids = vocabulary.tokenizer.encode(sentence).ids
        assert vocabulary.encode(sentence[:-1], 60) == ids
        assert vocabulary.tokenizer.decode(ids) == sentence


def test_older_files_have_buffers_and_no_head_of_their_own():
    state = gpt2_model().state_dict()
    state["transformer.h.0.attn.bias"] = torch.ones(1, 1, 64, 64)
    state["transformer.h.0.attn.masked_bias"] = torch.tensor(-1e4)
    del state["lm_head.weight"]
    decoder = decoder_from({f"gpt.{key}": value for key, value in state.items()}, prefix="gpt.")
    assert torch.equal(decoder.tokens.weight, state["transformer.wte.weight"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state.pop("transformer.wte.weight"), "no gpt.transformer.wte.weight"),
        (lambda state: state.pop("transformer.h.1.mlp.c_fc.bias"), "no gpt.transformer.h.1.mlp.c_fc.bias"),
        (
            lambda state: state.update({"transformer.ln_f.weight": torch.ones(3)}),
            "gpt.transformer.ln_f.weight: of shape (3,), not (64,)",
        ),
        (
            lambda state: state.update({"lm_head.weight": torch.ones(300, 64)}),
            "gpt.lm_head.weight: other than the tokens' embedding",
        ),
    ],
)
def test_what_does_not_fit_is_named(change, said):
    state = dict(gpt2_model().state_dict())
    change(state)
    with pytest.raises(Gpt2Error) as raised:
        decoder_from({f"gpt.{key}": value for key, value in state.items()}, prefix="gpt.")
    assert said in str(raised.value)


@pytest.mark.parametrize("load", [load_gpt2, load_tokenizer])
def test_a_folder_without_gpt2_is_one_line(tmp_path, load):
    with pytest.raises(Gpt2Error) as raised:
        load(str(tmp_path), local_files_only=True)
    assert str(tmp_path) in str(raised.value)
    assert "\n" not in str(raised.value)


def copied(folder, tmp_path, **files):
    copy = shutil.copytree(folder, tmp_path / "copy")
    for name, change in files.items():
        path = copy / name.replace("_json", ".json").replace("_safetensors", ".safetensors")
        path.write_bytes(change(path.read_bytes()))
    return str(copy)


@pytest.mark.parametrize(
    ("load", "file", "change", "said"),
    [
        (load_tokenizer, "tokenizer_json", lambda _: POINTER, "tokenizer.json: it is a Git LFS pointer"),
        (load_tokenizer, "tokenizer_json", lambda _: b"<html>", "tokenizer.json: it is a web page"),
        (load_tokenizer, "tokenizer_json", lambda whole: whole[:200], "tokenizer.json: not JSON, or cut off"),
        (load_tokenizer, "tokenizer_json", lambda _: b'{"model": 3}', "GPT-2 can't be loaded ("),
        (load_gpt2, "model_safetensors", lambda _: POINTER, "model.safetensors: it is a Git LFS pointer"),
        (
            load_gpt2,
            "model_safetensors",
            lambda whole: whole[:9000],
            "model.safetensors: cut off after 9,000",
        ),
        (load_gpt2, "config_json", lambda _: b"", "config.json: it is an empty file"),
    ],
)
def test_files_that_were_not_downloaded_whole_are_named(folder, tmp_path, load, file, change, said):
    with pytest.raises(Gpt2Error) as refused:
        load(copied(folder, tmp_path, **{file: change}), local_files_only=True)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_tokenizer_with_more_tokens_than_the_weights_have_vectors_is_refused():
    fitting = gpt2_vocabulary(byte_tokenizer(300))
    assert fitting.size == 300
    refuse_larger_vocabulary(fitting, 300, "x.pt")
    refuse_larger_vocabulary(fitting, 304, "x.pt")  # rows are often rounded up
    with pytest.raises(VocabularyError, match=r"x.pt: its weights have vectors for 299 tokens, and"):
        refuse_larger_vocabulary(fitting, 299, "x.pt")


def test_a_tokenizer_without_a_full_stop_is_not_gpt2s():
    with pytest.raises(VocabularyError, match="no token for a full stop alone"):
        gpt2_vocabulary(Tokenizer(models.BPE({"a": 0}, [])))


@pytest.mark.parametrize("load", [load_gpt2, load_tokenizer])
def test_a_folder_whose_name_is_not_text(folder, tmp_path, load):
    copy = shutil.copytree(folder, tmp_path / os.fsdecode(b"mod\xe8le"))
    assert load(str(copy), local_files_only=True)


@pytest.mark.parametrize("load", [load_gpt2, load_tokenizer])
def test_a_name_that_is_not_on_this_machine(load, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(Gpt2Error, match="give a folder"):
        load("gpt2-that-nobody-has", local_files_only=True)
