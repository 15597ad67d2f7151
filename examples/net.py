"""A network of one's own, to be counted: mobilecalc breakdown examples/net.py:make_net."""

import torch
from torch import nn


class TokenNet(nn.Module):
    """A convolution, a separable pair, one layer of attention over the positions, a classifier."""

    def __init__(self, width: float = 1.0, classes: int = 10) -> None:
        super().__init__()
        channels = int(64 * width)
        self.stem = nn.Conv2d(3, channels, kernel_size=4, stride=4)
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.pointwise = nn.Conv2d(channels, 2 * channels, kernel_size=1)
        self.attention = nn.MultiheadAttention(2 * channels, num_heads=4, batch_first=True)
        self.classifier = nn.Linear(2 * channels, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """(batch, 3, height, width) -> (batch, classes)."""
        x = self.stem(images).relu()
        x = self.pointwise(self.norm(self.depthwise(x)).relu())
        tokens = x.flatten(2).transpose(1, 2)
        tokens = tokens + self.attention(tokens, tokens, tokens, need_weights=False)[0]
        return self.classifier(tokens.mean(dim=1))


def make_net(width: float = 1.0) -> nn.Module:
    """What the command line calls: make_net, or make_net(width=0.5)."""
    return TokenNet(width)
