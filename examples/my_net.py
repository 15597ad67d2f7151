"""A network of one's own, as plain data: mobilecalc breakdown examples/my_net.py:NETWORK"""

from mobilecalc.records import Activation, Chain, Conv, Depthwise, Flatten, GlobalPool, Linear, Norm


def unit(conv):
    """A convolution, its normalisation and ReLU."""
    return Chain.of(conv=conv, norm=Norm(), act=Activation("relu"))


NETWORK = Chain.of(
    stem=unit(Conv(32, kernel=3, stride=2)),
    depthwise=unit(Depthwise(kernel=5, stride=2)),
    pointwise=unit(Conv(64, kernel=1)),
    pool=GlobalPool(),
    flatten=Flatten(),
    classifier=Linear(10),
)
