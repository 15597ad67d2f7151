"""Forward passes that change what they can reach: a sentence each, and what they cost."""

import collections
import dataclasses
import logging
import os
import random
import sys
import types
import warnings
from functools import partial

import numpy
import torch
from torch import nn

LAYER = 4 * 4
"""Multiply-accumulates of one of the linear layers of `Net`, on one sample."""

TABLE = torch.ones(4)
CACHE = {"rows": [torch.ones(4)], "calls": 0}
COUNT = 0
FORWARDS = {}


class Net(nn.Module):
    """A forward pass over two layers and whatever else it is given."""

    shared = torch.ones(4)
    log = []  # noqa: RUF012  (that it is shared is the point)

    def __init__(self, function, **attributes):
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)
        self.register_buffer("total", torch.ones(4))
        self.function = function
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, x):
        return self.function(self, x)


class Slotted(Net):
    """An attribute outside of its dict."""

    __slots__ = ("place",)

    def __init__(self, function):
        super().__init__(function)
        self.place = [1]


class Guarded(Net):
    """It says what may be set, and invents what may be missing."""

    def __setattr__(self, name, value):
        if name == "frozen":
            raise AttributeError("it is frozen")
        super().__setattr__(name, value)

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("maybe"):
                return None
            raise


@dataclasses.dataclass
class State:
    """A plain object."""

    table: torch.Tensor
    calls: int = 0


Pair = collections.namedtuple("Pair", "left right")


def hostile(sentence, kind=Net, macs=LAYER, **attributes):
    """Register a forward pass; its attributes are made by functions, anew for each test."""

    def register(function):
        def make(forward):
            return kind(forward, **{name: new() for name, new in attributes.items()})

        assert sentence not in FORWARDS
        FORWARDS[sentence] = (make, function, macs)
        return function

    return register


def ones():
    return torch.ones(4)


# It writes to tensors.


@hostile("it multiplies the data of a parameter in place")
def _(net, x):
    net.a.weight.data.mul_(2)
    return net.a(x)


@hostile("it adds to a parameter without gradients")
def _(net, x):
    with torch.no_grad():
        net.a.weight.add_(1)
    return net.a(x)


@hostile("it initialises a parameter again")
def _(net, x):
    nn.init.normal_(net.a.weight)
    return net.a(x)


@hostile("it counts in a buffer")
def _(net, x):
    net.total += 1
    return net.a(x)


@hostile("it writes to a plain tensor", plain=ones)
def _(net, x):
    net.plain.add_(1)
    return net.a(x)


@hostile("it writes to a view of a slice of a plain tensor", plain=ones)
def _(net, x):
    net.plain[1:].view(3, 1)[0].fill_(7)
    return net.a(x)


@hostile("it assigns to an index of a plain tensor", plain=ones)
def _(net, x):
    net.plain[2] = 5
    return net.a(x)


@hostile("it assigns where a mask is true", plain=ones)
def _(net, x):
    net.plain[net.plain > 0] = 5
    return net.a(x)


@hostile("it writes to a tensor in a list", rows=lambda: [ones()])
def _(net, x):
    net.rows[0].add_(1)
    return net.a(x)


@hostile("it writes to a tensor in a dict of lists of tuples", rows=lambda: {"a": [(ones(),)]})
def _(net, x):
    net.rows["a"][0][0].add_(1)
    return net.a(x)


@hostile("it writes to a tensor that it has taken out of a list first", rows=lambda: [ones()])
def _(net, x):
    net.rows.pop().add_(1)
    return net.a(x)


@hostile("it writes to a tensor in a named tuple", rows=lambda: Pair(ones(), [ones()]))
def _(net, x):
    net.rows.left.add_(1)
    net.rows.right[0].mul_(3)
    return net.a(x)


@hostile("it writes to a tensor in a deque", rows=lambda: collections.deque([ones()], maxlen=2))
def _(net, x):
    net.rows[0].add_(1)
    net.rows.append(x)
    net.rows.append(x)
    return net.a(x)


@hostile("it writes to a tensor of a data class", state=lambda: State(ones()))
def _(net, x):
    net.state.table.add_(1)
    net.state.calls += 1
    return net.a(x)


@hostile("it writes to a tensor of a namespace", state=lambda: types.SimpleNamespace(table=ones()))
def _(net, x):
    net.state.table.add_(1)
    net.state.other = x
    return net.a(x)


@hostile("it writes to a global tensor")
def _(net, x):
    TABLE.add_(1)
    return net.a(x)


@hostile("it writes to a tensor in a global dict")
def _(net, x):
    CACHE["rows"][0].add_(1)
    return net.a(x)


def helper():
    TABLE.sub_(1)


@hostile("it calls a function that writes to a global tensor")
def _(net, x):
    helper()
    return net.a(x)


@hostile("it writes to a class's tensor")
def _(net, x):
    type(net).shared.add_(1)
    return net.a(x)


@hostile("it writes to a default argument")
def _(net, x, table=torch.ones(4)):  # noqa: B008
    table.add_(1)
    return net.a(x)


@hostile("it writes to what a function of its own closes over", add=lambda: closing(ones()))
def _(net, x):
    net.add()
    return net.a(x)


def closing(table, calls=0):
    def add():
        nonlocal calls
        calls += 1
        table.add_(calls)

    return add


@hostile("it writes to what a bound partial holds", part=lambda: partial(torch.Tensor.add_, ones()))
def _(net, x):
    net.part(1)
    return net.a(x)


@hostile("it writes to a batch norm that is hidden in a list", hidden=lambda: [nn.BatchNorm1d(4)])
def _(net, x):
    with torch.no_grad():
        net.hidden[0].running_mean.add_(1)
        net.hidden[0].weight.mul_(2)
    net.hidden[0].train()
    return net.a(x)


@hostile("it writes to several tensors at once", rows=lambda: [ones(), ones()])
def _(net, x):
    torch._foreach_add_(net.rows, 1.0)
    return net.a(x)


@hostile(
    "it writes to a tensor that is repeated by a stride of 0", plain=lambda: ones()[:1].expand(4)
)
def _(net, x):
    net.plain.as_strided((1,), (1,)).add_(1)
    return net.a(x)


@hostile("it transposes and lengthens plain tensors in place", m=lambda: torch.ones(2, 3), v=ones)
def _(net, x):
    net.m.t_()
    net.v.unsqueeze_(0)
    return net.a(x)


@hostile("it resizes a plain tensor", plain=ones)
def _(net, x):
    net.plain.resize_(9).fill_(3)
    return net.a(x)


@hostile("it gives a plain tensor other memory", plain=ones)
def _(net, x):
    net.plain.data = torch.zeros(4)
    return net.a(x)


def with_gradient():
    tensor = torch.ones(4, requires_grad=True)
    tensor.grad = torch.ones(4)
    return [tensor]


@hostile("it writes to a gradient", grads=with_gradient)
def _(net, x):
    net.grads[0].grad.add_(1)
    return net.a(x)


@hostile("it takes a gradient away and asks for others", grads=with_gradient)
def _(net, x):
    net.grads[0].grad = None
    net.a.weight.requires_grad_(False)
    return net.a(x)


@hostile("it writes to an array of numpy", array=lambda: numpy.ones((2, 3)))
def _(net, x):
    net.array[0] += 1
    return net.a(x)


@hostile("it writes to an array through a tensor", array=lambda: numpy.ones(4))
def _(net, x):
    torch.from_numpy(net.array).add_(1)
    return net.a(x)


# It changes attributes.


@hostile("it sets, replaces and deletes attributes", old=lambda: 1, gone=lambda: 2)
def _(net, x):
    net.new, net.old = x, 3
    del net.gone
    return net.a(x)


@hostile("it adds layers to itself and takes others away")
def _(net, x):
    net.c = nn.Linear(4, 4)
    del net._modules["b"]
    return net.a(x)


@hostile("it replaces a parameter and registers a buffer")
def _(net, x):
    net.b.weight = nn.Parameter(torch.zeros(4, 4))
    net.register_buffer("late", torch.zeros(1))
    return net.a(x)


@hostile("it registers hooks and changes modes")
def _(net, x):
    net.a.register_forward_hook(lambda *_: None)
    net.b.train(not net.b.training)
    return net.a(x)


@hostile("it replaces the forward method of a layer")
def _(net, x):
    net.b.forward = lambda y: y
    return net.b(net.a(x))


@hostile("it becomes an instance of another class")
def _(net, x):
    net.__class__ = Guarded
    return net.a(x)


@hostile("it appends to lists inside of dicts", seen=lambda: {"a": [1]})
def _(net, x):
    net.seen["a"].append(x)
    net.seen["b"] = [x]
    return net.a(x)


@hostile("it empties a set and a bytearray", names=lambda: {"a"}, raw=lambda: bytearray(b"abc"))
def _(net, x):
    net.names.clear()
    net.raw[0:2] = b"z"
    return net.a(x)


@hostile("it reorders a dict", order=lambda: collections.OrderedDict(a=1, b=2))
def _(net, x):
    net.order.move_to_end("a")
    return net.a(x)


@hostile("it counts in a default dict", tally=lambda: collections.defaultdict(int, a=1))
def _(net, x):
    net.tally["b"] += 1
    return net.a(x)


@hostile("it changes a list that contains itself", knot=lambda: knotted())
def _(net, x):
    net.knot.append(2)
    return net.a(x)


def knotted():
    knot = [1]
    knot.append(knot)
    return knot


@hostile("it counts in a global variable")
def _(net, x):
    global COUNT
    COUNT += 1
    return net.a(x)


@hostile("it makes a global variable")
def _(net, x):
    global LATE
    LATE = x
    return net.a(x)


@hostile("it counts in a global dict")
def _(net, x):
    CACHE["calls"] += 1
    CACHE["rows"].append(x)
    return net.a(x)


@hostile("it counts in its class")
def _(net, x):
    type(net).log.append(1)
    type(net).extra = 1
    type(net).shared = None
    return net.a(x)


@hostile("it counts in a default list")
def _(net, x, seen=[]):  # noqa: B006
    seen.append(x)
    return net.a(x)


@hostile("it counts in an attribute of a function", counted=lambda: counted)
def _(net, x):
    counted.calls += 1
    return net.a(x)


def counted():
    """It has an attribute."""


counted.calls = 0


@hostile("it changes what is in a slot", kind=Slotted)
def _(net, x):
    net.place.append(2)
    net.place = None
    return net.a(x)


@hostile("it has an attribute that cannot be set again", kind=Guarded)
def _(net, x):
    net.new = net.maybe_there
    return net.a(x)


@hostile("it keeps its state_dict, and saves it")
def _(net, x):
    net.saved = net.state_dict()
    net.load_state_dict(net.saved)
    return net.a(x)


@hostile(
    "it draws from generators of its own",
    own=lambda: [
        torch.Generator().manual_seed(3),
        random.Random(3),
        numpy.random.default_rng(3),
        numpy.random.RandomState(3),
    ],
)
def _(net, x):
    torch.rand(3, generator=net.own[0], device="cpu")
    net.own[1].random(), net.own[2].random(), net.own[3].rand()
    return net.a(x)


# It changes torch and the process.


@hostile("it draws from everybody's generators")
def _(net, x):
    torch.rand(3, device="cpu"), random.random(), numpy.random.rand()
    return net.a(x)


@hostile("it sets the seeds")
def _(net, x):
    torch.manual_seed(1), random.seed(1), numpy.random.seed(1)
    return net.a(x)


@hostile("it sets the default type")
def _(net, x):
    torch.set_default_dtype(torch.float64)
    return net.a(x)


@hostile("it sets the default device")
def _(net, x):
    torch.set_default_device("meta")
    return net.a(x)


@hostile("it asks for deterministic algorithms")
def _(net, x):
    torch._C._set_deterministic_algorithms(True, warn_only=True)
    return net.a(x)


@hostile("it sets the flags of the back ends")
def _(net, x):
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.enabled = False
    torch.backends.mkldnn.enabled = False
    torch.backends.cuda.enable_math_sdp(False)
    torch.backends.mha.set_fastpath_enabled(False)
    torch.set_float32_matmul_precision("high")
    return net.a(x)


@hostile("it switches gradients and their checks")
def _(net, x):
    torch.set_grad_enabled(not torch.is_grad_enabled())
    torch.set_anomaly_enabled(True)
    return net.a(x)


@hostile("it switches autocast on")
def _(net, x):
    torch.set_autocast_enabled("cpu", True)
    torch.set_autocast_dtype("cpu", torch.float16)
    return net.a(x)


@hostile("it changes the number of threads")
def _(net, x):
    torch.set_num_threads(torch.get_num_threads() + 1)
    return net.a(x)


@hostile("it changes how tensors are printed")
def _(net, x):
    torch.set_printoptions(precision=2)
    return net.a(x)


@hostile("it replaces a function of torch and adds another")
def _(net, x):
    torch.relu, torch.invented = torch.nn.functional.gelu, 1
    torch.Tensor.invented = 1
    return net.a(x)


@hostile("it registers a hook on every module")
def _(net, x):
    nn.modules.module.register_module_forward_hook(lambda *_: None)
    return net.a(x)


@hostile("it silences warnings and logging")
def _(net, x):
    warnings.simplefilter("ignore")
    logging.getLogger().setLevel(1)
    logging.getLogger("mobilecalc.hostile").setLevel(50)
    logging.getLogger().addHandler(logging.NullHandler())
    return net.a(x)


@hostile("it goes to another folder")
def _(net, x):
    os.chdir("/")
    return net.a(x)


@hostile("it changes the environment")
def _(net, x):
    os.environ["MOBILECALC_HOSTILE"] = "1"
    os.environ.pop("PATH", None)
    return net.a(x)


@hostile("it changes where Python looks for modules")
def _(net, x):
    sys.path.insert(0, "/nowhere")
    sys.setrecursionlimit(sys.getrecursionlimit() + 77)
    return net.a(x)


@hostile("it changes what numpy does on errors")
def _(net, x):
    numpy.seterr(all="raise")
    return net.a(x)


@hostile("it prints and redirects what is printed")
def _(net, x):
    print("on the screen")
    sys.stdout = sys.__stderr__
    return net.a(x)
