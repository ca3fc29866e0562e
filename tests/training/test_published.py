import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("transformers", reason="transformers comes with the train extra")

from torch.nn import functional  # noqa: E402

from earsight_training.data.tokens import VocabularyError  # noqa: E402
from earsight_training.published import PublishedError, read_published  # noqa: E402
from earsight_training.trained_captioner import load_captioner, save_captioner  # noqa: E402
from tests.training.gpt2_models import byte_tokenizer, gpt2_model, published_state  # noqa: E402

TOKENIZER = byte_tokenizer(300)


@pytest.fixture(scope="module")
def gpt2():
    return gpt2_model()


def published(tmp_path, state):
    torch.save(state, tmp_path / "model-029.pt")
    return tmp_path / "model-029.pt"


def mlp(state, embedding):
    inner = torch.tanh(functional.linear(embedding, state["model.0.weight"], state["model.0.bias"]))
    return functional.linear(inner, state["model.2.weight"], state["model.2.bias"]).view(
        len(embedding), 4, -1
    )


def transformer(state, embedding):
    """The mapper of ClipCap, section 3.2, layer by layer and head by head."""
    constants = state["prefix_const"]
    width = constants.shape[1]
    x = functional.linear(embedding, state["linear.weight"], state["linear.bias"])
    x = torch.cat([x.view(len(embedding), -1, width), constants.expand(len(embedding), -1, -1)], 1)
    for layer in range(2):
        of = {
            key[21:]: value for key, value in state.items() if key.startswith(f"transformer.layers.{layer}.")
        }
        seen = functional.layer_norm(x, (width,), of["norm1.weight"], of["norm1.bias"])
        queries = seen @ of["attn.to_queries.weight"].T
        keys, values = (seen @ half.T for half in of["attn.to_keys_values.weight"].chunk(2))
        heads = []
        for part in range(8):
            own = slice(part * width // 8, (part + 1) * width // 8)
            weights = queries[..., own] @ keys[..., own].transpose(1, 2) * (width // 8) ** -0.5
            heads.append(weights.softmax(-1) @ values[..., own])
        attended = torch.cat(heads, -1)
        x = x + functional.linear(attended, of["attn.project.weight"], of["attn.project.bias"])
        inner = functional.layer_norm(x, (width,), of["norm2.weight"], of["norm2.bias"])
        inner = functional.relu(functional.linear(inner, of["mlp.fc1.weight"], of["mlp.fc1.bias"]))
        x = x + functional.linear(inner, of["mlp.fc2.weight"], of["mlp.fc2.bias"])
    return x[:, -len(constants) :]


@torch.no_grad()
@pytest.mark.parametrize(
    ("kind", "oracle", "scaled"), [("mlp", mlp, False), ("transformer", transformer, True)]
)
def test_the_imported_captioner_does_what_the_published_one_does(tmp_path, gpt2, kind, oracle, scaled):
    state = published_state(kind, gpt2)
    captioner = read_published(published(tmp_path, state), TOKENIZER, clip="RN50x4")
    embedding = torch.randn(3, 24, generator=torch.Generator().manual_seed(1)) * 3
    taken = embedding / embedding.norm(dim=-1, keepdim=True) if scaled else embedding
    prefix = oracle({key[13:]: v for key, v in state.items() if key.startswith("clip_project.")}, taken)
    torch.testing.assert_close(captioner.model.prefix(embedding), prefix, atol=1e-5, rtol=1e-4)
    hidden, _ = captioner.model.decoder.read_prefix(prefix)
    expected = gpt2(inputs_embeds=prefix).logits[:, -1]
    torch.testing.assert_close(captioner.model.decoder.logits(hidden), expected, atol=1e-4, rtol=1e-4)
    assert captioner.vocabulary.end == 13
    assert captioner.recipe.mapper.kind == kind
    assert captioner.recipe.mapper.prefix == 4


def test_an_imported_captioner_is_saved_and_read_again(tmp_path, gpt2):
    captioner = read_published(published(tmp_path, published_state("transformer", gpt2, 640)), TOKENIZER)
    assert captioner.recipe.encoder.model == "RN50x4"
    save_captioner(tmp_path / "model.pt", captioner)
    again = load_captioner(tmp_path / "model.pt")
    assert again.recipe == captioner.recipe
    assert again.vocabulary.tokenizer.to_str() == captioner.vocabulary.tokenizer.to_str()
    for (name, one), other in zip(
        captioner.model.state_dict().items(), again.model.state_dict().values(), strict=True
    ):
        assert torch.equal(one, other), name


@pytest.mark.parametrize(("numbers", "clip"), [(512, "ViT-B/32"), (640, "RN50x4"), (768, "ViT-L/14")])
def test_the_size_of_the_embedding_tells_the_encoder(tmp_path, gpt2, numbers, clip):
    state = published_state("mlp", gpt2, numbers)
    assert read_published(published(tmp_path, state), TOKENIZER).recipe.encoder.model == clip


@pytest.mark.parametrize("scaled", [False, True])
def test_whoever_knows_better_says_how_embeddings_are_scaled(tmp_path, gpt2, scaled):
    for kind in ("mlp", "transformer"):
        path = published(tmp_path, published_state(kind, gpt2, 640))
        assert read_published(path, TOKENIZER, unit_length=scaled).recipe.mapper.unit_length == scaled


def drop(key):
    return lambda state: state.pop(key)


def put(key, *shape):
    return lambda state: state.update({key: torch.ones(*shape)})


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("mlp", drop("clip_project.model.2.weight"), "no clip_project.model.2.weight"),
        ("mlp", put("clip_project.model.2.weight", 250, 128), "no multiple of GPT-2's width, 64"),
        ("mlp", put("clip_project.model.4.weight", 2, 2), "model.4.weight"),
        ("mlp", put("clip_project.model.2.bias", 7), "second.bias"),
        ("transformer", drop("clip_project.linear.weight"), "no clip_project.linear.weight"),
        (
            "transformer",
            drop("clip_project.transformer.layers.1.attn.to_queries.weight"),
            "to_queries.weight",
        ),
        ("transformer", drop("clip_project.transformer.layers.0.mlp.fc1.bias"), "blocks.0.feed_in.bias"),
        ("transformer", put("clip_project.prefix_const", 64, 64), "no room for a caption"),
        ("transformer", drop("gpt.transformer.wpe.weight"), "no gpt.transformer.wpe.weight"),
        ("transformer", put("optimizer.step", 1), "optimizer.step: neither gpt.* nor clip_project.*"),
    ],
)
def test_what_does_not_fit_is_named_in_one_line(tmp_path, gpt2, kind, change, said):
    state = published_state(kind, gpt2, 640)
    change(state)
    path = published(tmp_path, state)
    with pytest.raises(PublishedError) as raised:
        read_published(path, TOKENIZER)
    assert str(raised.value).startswith(f"{path}: ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_embeddings_that_no_clip_has_need_its_name(tmp_path, gpt2):
    with pytest.raises(PublishedError, match="24 numbers: name their encoder by --clip"):
        read_published(published(tmp_path, published_state("mlp", gpt2)), TOKENIZER)


class Harmful:
    def __reduce__(self):
        return (open, ("/nonexistent", "w"))


@pytest.mark.parametrize("content", [b"", b"not weights", Harmful(), [1, 2], {"gpt.a": "text"}])
def test_other_files_are_refused_and_no_code_in_them_runs(tmp_path, content):
    path = tmp_path / "model.pt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(PublishedError) as raised:
        read_published(path, TOKENIZER)
    assert str(path) in str(raised.value)
    with pytest.raises(PublishedError, match="No such file"):
        read_published(tmp_path / "none.pt", TOKENIZER)


def test_a_tokenizer_of_another_gpt2_is_refused(tmp_path, gpt2):
    with pytest.raises(VocabularyError, match="vectors for 300 tokens, and the tokenizer has 400"):
        read_published(published(tmp_path, published_state("mlp", gpt2)), byte_tokenizer(400), clip="RN50")
