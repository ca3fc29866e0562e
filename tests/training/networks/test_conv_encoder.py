import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.networks.conv_encoder import ConvEncoder, ResidualBlock  # noqa: E402


@pytest.mark.parametrize("side", [64, 96, 160])
def test_stride_is_32(side):
    encoder = ConvEncoder((8, 12, 16, 20), (1, 2, 1, 1)).eval()
    features = encoder(torch.zeros(2, 3, side, side))
    assert features.shape == (2, 20, side // 32, side // 32)
    assert encoder.channels == 20


def test_blocks_shortcut_only_what_keeps_its_shape():
    assert isinstance(ResidualBlock(8, 8, 1).shortcut, torch.nn.Identity)
    assert not isinstance(ResidualBlock(8, 8, 2).shortcut, torch.nn.Identity)
    assert not isinstance(ResidualBlock(8, 12, 1).shortcut, torch.nn.Identity)


def test_a_block_whose_convolutions_say_nothing_is_its_shortcut():
    block = ResidualBlock(4, 4, 1).eval()
    torch.nn.init.zeros_(block.second[0].weight)
    x = torch.rand(1, 4, 6, 6)
    assert torch.equal(block(x), x)


def test_mid_grey_is_zero_to_the_network():
    encoder = ConvEncoder((8, 8, 8, 8), (1, 1, 1, 1)).eval()
    assert not encoder(torch.full((1, 3, 64, 64), 127.5)).any()
    assert encoder(torch.full((1, 3, 64, 64), 255.0)).any()
