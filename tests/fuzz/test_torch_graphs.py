"""Random modules: counting leaves them as they were, and gives what torch's own counter does."""

import copy

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.tracing.trace import trace

FUZZ = settings.get_profile("fuzz")
WIDTH, SIDE = 4, 5

_LIBRARY = torch.library.Library("fuzz", "DEF")
_LIBRARY.define("relu(Tensor x) -> Tensor")
_LIBRARY.impl("relu", lambda x: x @ x.transpose(-1, -2) @ x, "CompositeExplicitAutograd")
_LIBRARY.impl("relu", torch.empty_like, "Meta")


class Empty(nn.Sequential):
    """A container that is falsy, whatever it holds."""

    def __len__(self):
        return 0

    def forward(self, x):
        for child in self._modules.values():
            x = child(x)
        return x


class Held(nn.Module):
    """A module in a list and a dictionary of torch, and in attributes beside them."""

    def __init__(self, inner):
        super().__init__()
        self.listed, self.named = nn.ModuleList([inner]), nn.ModuleDict({"again": inner})
        self.plain = {"inner": [inner], "scale": torch.ones(1)}
        self.mask, self.seen = torch.ones(1), 0

    def forward(self, x):
        self.seen += 0
        return self.named["again"](x) * self.plain["scale"]


class Residual(nn.Module):
    """The sum of a module's input and its output."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Twice(nn.Module):
    """One module that runs two times."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(self.inner(x))


class Does(nn.Module):
    """A function of the map, by its name."""

    def __init__(self, name):
        super().__init__()
        self.name = name

    def forward(self, x):
        return FUNCTIONS[self.name](x)


class Owns(nn.Module):
    """A product with a parameter, beside a buffer that is written in place."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(SIDE, SIDE))
        self.register_buffer("steps", torch.zeros(()))

    def forward(self, x):
        self.steps.add_(1)
        return torch.matmul(x, self.weight)


FUNCTIONS = {
    "view": lambda x: x.reshape(x.shape[0], -1).view(x.shape),
    "transpose": lambda x: x.transpose(-1, -2).contiguous(),
    "slice": lambda x: x[:, 0:],
    "flip": lambda x: x.flip(1),
    "products": lambda x: x @ x,
    "einsum": lambda x: torch.einsum("bcij,bcjk->bcik", x, x),
    "bmm": lambda x: torch.bmm(x.flatten(0, 1), x.flatten(0, 1)).view(x.shape),
    "attention": lambda x: nn.functional.scaled_dot_product_attention(x, x, x),
    "in place": lambda x: x.clone().relu_().add_(1),
    "written": lambda x: torch.zeros_like(x).copy_(x),
    "detached": lambda x: x.detach() * 2,
    "cat": lambda x: torch.cat([x, x], 1)[:, :WIDTH],
    "no grad": lambda x: torch.no_grad()(torch.tanh)(x),
}

LEAVES = {
    "conv": lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=1),
    "grouped": lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=1, groups=2, bias=False),
    "depthwise": lambda: nn.Conv2d(WIDTH, WIDTH, 3, padding=2, dilation=2, groups=WIDTH),
    "uneven": lambda: nn.Conv2d(WIDTH, WIDTH, (1, 5), padding="same"),
    "linear": lambda: nn.Linear(SIDE, SIDE),
    "norm": lambda: nn.BatchNorm2d(WIDTH),
    "layer norm": lambda: nn.LayerNorm(SIDE),
    "dropout": lambda: nn.Dropout(0.5),
    "pool": lambda: nn.MaxPool2d(3, 1, 1),
    "parameter": Owns,
}

leaves = st.sampled_from(sorted(LEAVES)).map(lambda name: LEAVES[name]())
functions = st.sampled_from(sorted(FUNCTIONS)).map(Does)
modules = st.recursive(
    leaves | functions,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: nn.Sequential(*parts)),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Empty(*parts)),
        *(inner.map(wrapper) for wrapper in (Held, Residual, Twice)),
    ),
    max_leaves=6,
)


def state(module):
    """All that a count could change: tensors, modes, hooks, attributes, what is held."""
    return {
        f"{path}.{name}": _plain(value)
        for path, part in module.named_modules(remove_duplicate=False)
        for name, value in vars(part).items()
    }


def _plain(value):
    """Something that can be compared: of a tensor its type, values and what autograd knows."""
    if isinstance(value, torch.Tensor):
        return type(value), value.tolist(), value.requires_grad, value.device, value._version
    if isinstance(value, nn.Module):
        return id(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    return repr(value)


def measured(module, x):
    """Half the floating-point operations that torch's counter finds in one forward pass."""
    plain = sdpa_kernel(SDPBackend.MATH)  # of fused attention on a CPU it counts nothing
    with torch.no_grad(), plain, FlopCounterMode(display=False) as counter:
        copy.deepcopy(module)(x)
    return counter.get_total_flops() // 2


@FUZZ
@given(modules, st.booleans(), st.integers(1, 3))
def test_counting_leaves_a_module_as_it_was_and_gives_torch_s_macs(module, training, batch):
    module.train(training)
    x = torch.randn(batch, WIDTH, SIDE, SIDE)
    before = state(module), x.clone(), torch.get_rng_state().tolist()
    counted = trace(module, Inputs((x,)))
    assert (state(module), torch.get_rng_state().tolist()) == (before[0], before[2])
    assert torch.equal(x, before[1])
    assert counted.macs * (1 if _is_whole(counted, x) else batch) == measured(module, x)


def _is_whole(profile, x):
    """Whether the profile is of the whole batch."""
    return profile.input[:1] == x.shape[:1] and len(profile.input) == x.dim()


@FUZZ
@given(modules)
def test_an_operator_of_another_library_is_uncounted_whatever_its_name(module):
    net = nn.Sequential(module, Does("of a library"))
    FUNCTIONS["of a library"] = torch.ops.fuzz.relu
    before = state(net)
    counted = trace(net, Inputs((torch.randn(1, WIDTH, SIDE, SIDE),)))
    assert state(net) == before
    assert [row.op.name for row in counted.uncounted] != []


def test_the_state_that_is_compared_shows_every_kind_of_change():
    net = Held(Owns())
    changes = [
        lambda: net.eval(),
        lambda: net.plain["inner"].append(None),
        lambda: net.plain["scale"].add_(1),
        lambda: net.register_forward_hook(lambda *_: None),
        lambda: setattr(net, "mask", nn.Parameter(net.mask)),
        lambda: net.listed[0].steps.add_(1),
        lambda: net.listed[0].weight.requires_grad_(False),
    ]
    for change in changes:
        before = state(net)
        change()
        assert state(net) != before
