import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from torch.nn import functional  # noqa: E402

from earsight_training.networks import chunked_cross_entropy as module  # noqa: E402
from earsight_training.networks.chunked_cross_entropy import chunked_cross_entropy  # noqa: E402


@pytest.fixture(params=[7, 100, 10**6], ids=lambda chunk: f"{chunk} logits at a time")
def tensors(request, monkeypatch):
    """Hidden states, output weights and targets; the loss goes through them a row, some or all at a time."""
    monkeypatch.setattr(module, "CHUNK", request.param)
    generator = torch.Generator().manual_seed(1)
    hidden, weight = (torch.randn(n, 6, generator=generator).requires_grad_() for n in (13, 20))
    return hidden, weight, torch.randint(0, 20, (13,), generator=generator)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("frozen", [False, True], ids=["learned weights", "frozen weights"])
def test_loss_and_gradients_are_cross_entropys(tensors, smoothing, frozen):
    hidden, weight, targets = tensors
    wanted = [hidden] if frozen else [hidden, weight]
    used = weight.detach() if frozen else weight
    expected = functional.cross_entropy(hidden @ used.T, targets, label_smoothing=smoothing)
    loss = chunked_cross_entropy(hidden, used, targets, smoothing)
    torch.testing.assert_close(loss, expected)
    for found, gradient in zip(
        torch.autograd.grad(3 * loss, wanted), torch.autograd.grad(3 * expected, wanted), strict=True
    ):
        torch.testing.assert_close(found, gradient)


def test_without_gradients(tensors):
    hidden, weight, targets = tensors
    with torch.no_grad():
        loss = chunked_cross_entropy(hidden, weight, targets, 0.1)
    expected = functional.cross_entropy(hidden @ weight.T, targets, label_smoothing=0.1)
    torch.testing.assert_close(loss, expected.detach())


def test_under_autocast_products_are_in_bfloat16_and_gradients_in_float32(tensors):
    hidden, weight, targets = tensors
    expected = functional.cross_entropy(hidden @ weight.T, targets)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = chunked_cross_entropy(hidden, weight, targets, 0.0)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, expected, rtol=2e-2, atol=0)
    for found, exact in zip(
        torch.autograd.grad(loss, [hidden, weight]),
        torch.autograd.grad(expected, [hidden, weight]),
        strict=True,
    ):
        assert found.dtype == torch.float32
        assert float(torch.cosine_similarity(found.flatten(), exact.flatten(), dim=0)) > 0.999
