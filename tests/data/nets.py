"""A user's file, as the tests give it to --input and in place of a model."""

import torch
from torch import nn

NET = nn.Linear(4, 3)
NUMBER = 5


class Net(nn.Module):
    """A small network with one separable pair and one operation that has no formula."""

    def __init__(self, width: float = 1.0, classes: int = 10) -> None:
        super().__init__()
        channels = int(8 * width)
        self.depthwise = nn.Conv2d(3, 3, 3, padding=1, groups=3, bias=False)
        self.norm = nn.BatchNorm2d(3)
        self.pointwise = nn.Conv2d(3, channels, 1)
        self.head = nn.Linear(channels, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, 3, height, width) -> (batch, classes)."""
        x = self.pointwise(torch.relu(self.norm(self.depthwise(x))))
        return self.head(x.flatten(2).sort(2).values.mean(2))


def make_net(width: float = 1.0) -> Net:
    """A factory."""
    return Net(width)


def broken() -> Net:
    """A factory that raises."""
    raise RuntimeError("no network today")


def leaves() -> None:
    """A factory that ends the program."""
    raise SystemExit(3)


def number() -> int:
    """Not a network."""
    return 5


class Two(nn.Module):
    """Takes tokens and a mask by name."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(30, 6)

    def forward(self, tokens: torch.Tensor, *, mask: torch.Tensor) -> torch.Tensor:
        """(batch, length) whole numbers and truths -> (batch, length, 6)."""
        return self.table(tokens) * mask.unsqueeze(-1)


def images() -> torch.Tensor:
    """Two of them."""
    return torch.zeros(2, 3, 16, 16)


def text() -> tuple:
    """Arguments and keywords."""
    return (torch.zeros(1, 5, dtype=torch.int64),), {"mask": torch.ones(1, 5, dtype=torch.bool)}
