"""What a forward pass may do: change itself, cut gradients, leave the thread, leave Python."""

import pytest
import torch
from torch import nn
from torch.nn.attention.flex_attention import flex_attention
from torch.utils.flop_counter import FlopCounterMode

from mobilecalc.core.errors import Untraceable
from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.tracing.trace import trace


class Net(nn.Module):
    """A forward pass over some layers and a plain tensor."""

    def __init__(self, forward):
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)
        self.table = nn.Embedding(4, 4)
        self.plain = torch.ones(4)
        self.function = forward

    def forward(self, x):
        return self.function(self, x)


def traced(function, x=None, **options):
    x = torch.zeros(1, 4) if x is None else x
    return trace(Net(function), Inputs((x,)), name="net", **options)


# The module is as it was, its values too.


def doubled(net, x):
    net.a.weight.data.mul_(2)
    with torch.no_grad():
        net.b.weight.add_(1)
    net.plain[1:].add_(1)
    y = net.b(net.a(x)) + net.plain
    return y if y.sum().item() < 1e9 else -y


@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("raises", [False, True])
def test_values_that_are_changed_in_place_are_given_back(device, raises):
    def forward(net, x):
        y = doubled(net, x)
        if raises:
            raise ValueError("no")
        return y

    net = Net(forward)
    before = [t.clone() for t in (net.a.weight, net.b.weight, net.plain)]
    try:
        trace(net, Inputs((torch.zeros(1, 4),)), device=device)
    except Untraceable:
        assert raises
    after = [net.a.weight, net.b.weight, net.plain]
    assert all(torch.equal(old, new) for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize(
    "script", [torch.jit.script, lambda m: torch.jit.trace(m, torch.zeros(1, 4), check_trace=False)]
)
def test_torchscript_keeps_its_mode(script):
    module = script(nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.0)))
    module.train()
    trace(module, Inputs((torch.zeros(1, 4),)))
    assert all(part.training for part in module.modules())


# Gradients, against what torch's own backward pass runs.


def sliced(net, x):
    out = torch.zeros(1, 8)
    out[:, :4] = net.a(x)
    out.view(2, 4)[1].add_(net.b(x)[0])
    return {"out": out}


CUTS = {
    "detach": lambda net, x: net.b(net.a(x).detach()),
    "not returned": lambda net, x: (net.a(x).relu(), net.b(x))[1],
    "argmax": lambda net, x: net.b(net.table(net.a(x).argmax(-1))),
    "written into slices": sliced,
    "relu in place": lambda net, x: net.b(net.a(x).relu_()),
    "two results": lambda net, x: (net.a(x), net.b(x)),
}


@pytest.mark.parametrize("function", CUTS.values(), ids=CUTS)
def test_what_no_gradient_comes_back_to_has_none(function):
    net = Net(function)
    with FlopCounterMode(display=False) as counter:
        result = net(torch.zeros(1, 4))
        results = [result] if isinstance(result, torch.Tensor) else result
        results = results.values() if isinstance(results, dict) else results
        sum(r.sum() for r in results).backward()
    counts = traced(function, train=True).counts
    assert 2 * counts.training_macs == counter.get_total_flops()


def test_dropout_is_element_wise_work_of_a_training_step():
    step = trace(nn.Dropout(0.5), Inputs((torch.zeros(1, 8),)), train=True)
    assert step.uncounted == ()
    assert step.counts.elementwise == 8


# What cannot be seen is an error, and no silent zero.


def nested(net, x):
    rows = [x[:1], x[:1]]
    return net.a(torch.nested.as_nested_tensor(rows, layout=torch.jagged))


def leaves(net, x):
    raise SystemExit(0)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (nested, "nested tensor"),
        (leaves, "SystemExit: 0"),
        (lambda net, x: net.table(x), "takes whole numbers, and not float32"),
    ],
)
def test_what_cannot_be_counted_is_said(function, said):
    with pytest.raises(Untraceable, match=said):
        traced(function)


def test_a_forward_pass_may_take_gradients():
    def force(net, x):
        x = x.detach().requires_grad_()
        return torch.autograd.grad(net.a(x).sum(), x)[0]

    assert traced(force).macs == 4 * 4 + 4 * 4  # the product, and the gradient of its input


def test_attention_with_a_score_function_is_attention():
    """2 heads, 8 queries, 8 keys, 4 features a head: Q Kᵀ, and its product with V."""

    def attend(net, x):
        q = x.view(1, 2, 8, 4)
        return flex_attention(q, q, q, score_mod=lambda score, b, h, i, j: score + i - j)

    assert traced(attend, torch.zeros(1, 16, 4)).counts.attention_macs == 2 * (2 * 8 * 8 * 4)
