"""Random training steps cost what torch's own backward pass does, or fail as torch does."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.training import training_flops
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from mobilecalc.core.errors import Untraceable
from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.tracing.trace import trace

SIDE = 4
"""Every value is a square matrix, so that any can take any other's place."""

ONE = {
    "relu": torch.relu,
    "whole slice": lambda x: x[:, 0:],
    "ellipsis": lambda x: x[...],
    "transposed": lambda x: x.t(),
    "viewed": lambda x: x.view(-1).view(SIDE, SIDE) if x.is_contiguous() else x.contiguous(),
    "cloned": torch.clone,
    "detached": torch.Tensor.detach,
    "data": lambda x: x.data,
    "rounded": torch.round,
    "halves swapped": lambda x: torch.cat(x.chunk(2)[::-1]),
    "normalised": lambda x: functional.layer_norm(x, (SIDE,)),
    "doubled in place": lambda x: x.mul_(2),
    "zeroed in place": lambda x: x.zero_(),
}
TWO = {
    "sum": torch.add,
    "product": torch.mm,
    "attention": lambda a, b: functional.scaled_dot_product_attention(a[None], b[None], b[None])[0],
    "written over": lambda a, b: a.copy_(b),
    "row written": lambda a, b: a.__setitem__(1, b[0]),
    "rows added": lambda a, b: a[1:].add_(b[:-1]),
    "chosen": lambda a, b: torch.where(a > 0, a, b),
}

indices = st.integers(0, 7)
steps = st.one_of(
    st.tuples(st.just("layer"), indices, st.integers(0, 3)),
    st.tuples(st.just("checkpoint"), indices, st.integers(0, 3), st.booleans()),
    st.tuples(st.just("no_grad"), indices, st.integers(0, 3)),
    st.tuples(st.just("parameter"), st.integers(0, 1)),
    st.tuples(st.just("constant")),
    st.tuples(st.just("low rank"), indices),
    st.tuples(st.just("bias"), indices, indices),
    st.tuples(st.just("one"), st.sampled_from(sorted(ONE)), indices),
    st.tuples(st.just("two"), st.sampled_from(sorted(TWO)), indices, indices),
)


class Program(nn.Module):
    """Runs steps, each on values that are there, and returns some of them."""

    def __init__(self, program, returned, frozen):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(SIDE, SIDE) for _ in range(4))
        for layer in self.layers[:frozen]:
            layer.requires_grad_(False)
        self.tokens = nn.ParameterList(torch.ones(SIDE, SIDE) for _ in range(2))
        self.up, self.down = nn.Parameter(torch.ones(SIDE, 2)), nn.Parameter(torch.ones(2, SIDE))
        self.program, self.returned = program, returned

    def forward(self, x):
        values = [x]
        for step in self.program:
            made = self.step(values, *step)
            if made is not None:
                values.append(made)
        return [values[index % len(values)] for index in self.returned]

    def step(self, values, kind, *of):
        at = [values[i % len(values)] if isinstance(i, int) else i for i in of]
        match kind:
            case "layer":
                return self.layers[of[1]](at[0])
            case "checkpoint":
                return checkpoint(self.layers[of[1]], at[0], use_reentrant=of[2])
            case "no_grad":
                with torch.no_grad():
                    return self.layers[of[1]](at[0])
            case "parameter":
                return self.tokens[of[0]]
            case "constant":
                return torch.zeros(SIDE, SIDE, device=values[0].device)
            case "low rank":
                return functional.linear(at[0], self.tokens[0] + self.up @ self.down)
            case "bias":
                return torch.addmm(at[0], at[1], self.tokens[1])
            case "one":
                return ONE[of[0]](at[1])
            case "two":
                return TWO[of[0]](at[1], at[2])


@settings(deadline=None)
@given(
    program=st.lists(steps, min_size=1, max_size=10),
    returned=st.lists(indices, min_size=1, max_size=3),
    frozen=st.integers(0, 4),
    asked=st.booleans(),
)
def test_a_random_training_step_costs_what_torch_s_backward_pass_does(
    program, returned, frozen, asked
):
    def made():
        module = Program(program, returned, frozen).to("meta")
        return module, torch.zeros(SIDE, SIDE, device="meta", requires_grad=asked)

    module, x = made()
    try:
        expected = training_flops(*made())
    except RuntimeError:
        with pytest.raises(Untraceable):
            trace(module, Inputs((x,)), train=True)
        return
    profile = trace(module, Inputs((x,)), train=True)
    assert 2 * profile.counts.training_macs == expected
    assert all(tensor.grad is None for tensor in (x, *module.parameters()))
    forward = trace(module, Inputs((x,)))
    assert forward.parameters == profile.parameters == sum(p.numel() for p in module.parameters())
