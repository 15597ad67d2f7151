"""After a count a module and the process are what they were, whatever a forward pass does."""

import collections
import copy
import gc
import io
import logging
import os
import random
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path

import numpy
import pytest
import torch
from support import hostile
from support.hostile import FORWARDS, LAYER, Net
from torch import nn
from torch.nn.utils import parametrizations, prune

from mobilecalc.core.errors import Untraceable
from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.tracing.trace import trace

X = (1, 4)


def traced(module, x=None, **options):
    x = torch.zeros(X) if x is None else x
    return trace(module, Inputs((x,)), name="net", **options)


# An independent reading of all that a hostile forward pass can reach.


def read(value, seen=None):
    """A value as nested tuples of plain Python values, tensors by their bytes."""
    seen = set() if seen is None else seen
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, tuple):
        return tuple(read(item, seen) for item in value)
    if id(value) in seen:
        return "again"
    seen.add(id(value))
    if isinstance(value, torch.Tensor):
        values = value.detach().clone().view(-1).view(torch.uint8).tolist()
        grad = None if not value.is_leaf else read(value.grad, seen)
        facts = (value.dtype, value.shape, value.stride(), value.requires_grad, value.device)
        return id(value), facts, values, grad
    if isinstance(value, numpy.ndarray):
        return id(value), value.tolist()
    if isinstance(value, torch.Generator):
        return value.get_state().tolist()
    if isinstance(value, random.Random):
        return value.getstate()
    if isinstance(value, numpy.random.Generator):
        return str(value.bit_generator.state)
    if isinstance(value, numpy.random.RandomState):
        return str(value.get_state())
    if isinstance(value, dict):
        return id(value), tuple((key, read(item, seen)) for key, item in value.items())
    if isinstance(value, bytearray):
        return id(value), bytes(value)
    if isinstance(value, list | set | collections.deque):
        return id(value), tuple(read(item, seen) for item in value)
    if isinstance(value, partial):
        return id(value), read((value.args, value.keywords), seen)
    if callable(value) and hasattr(value, "__code__"):
        cells = tuple(cell.cell_contents for cell in value.__closure__ or ())
        return id(value), read((cells, value.__defaults__, vars(value)), seen)
    slots = (getattr(value, "place", None),) if type(value) is hostile.Slotted else ()
    return id(value), type(value), read((getattr(value, "__dict__", None), slots), seen)


def of_code():
    """The variables of the hostile module and of its classes."""
    named = {k: v for k, v in vars(hostile).items() if k.isupper() and k != "FORWARDS"}
    kept = {k: v for k, v in vars(Net).items() if not k.startswith("__") and not callable(v)}
    return read(tuple(named.items())), read(tuple(kept.items())), read(hostile.counted)


def names_of(namespace):
    return {name for name in vars(namespace) if not name.startswith("_")}


def of_process():
    """What is torch's, Python's and the system's."""
    backends, numbers = torch.backends, numpy.random.get_state()
    return {
        "type": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "determinism": (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        "cudnn": (
            backends.cudnn.enabled,
            backends.cudnn.benchmark,
            backends.cudnn.deterministic,
            backends.cudnn.allow_tf32,
        ),
        "other back ends": (
            backends.mkldnn.enabled,
            backends.cuda.math_sdp_enabled(),
            backends.mha.get_fastpath_enabled(),
            torch.get_float32_matmul_precision(),
        ),
        "gradients": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        "anomaly": (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()),
        "autocast": (torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")),
        "threads": torch.get_num_threads(),
        "printing": str(torch._tensor_str.PRINT_OPTS),
        "torch": (torch.relu, torch.compile, names_of(torch), names_of(torch.Tensor)),
        "hooks": len(nn.modules.module._global_forward_hooks),
        "seeds": (torch.get_rng_state().tolist(), random.getstate(), str(numbers)),
        "warnings": list(warnings.filters),
        "logging": (
            logging.root.level,
            logging.root.manager.disable,
            logging.getLogger("mobilecalc.hostile").level,
            list(logging.root.handlers),
        ),
        "system": (Path.cwd(), dict(os.environ), list(sys.path), sys.getrecursionlimit()),
        "numpy": numpy.geterr(),
        "streams": (sys.stdout, sys.stderr),
        "memory": gc.isenabled(),
        "starts": (threading.Thread.start, ThreadPoolExecutor.submit),
    }


def saved(module):
    """The module's state and its plain tensors, as torch saves and loads them."""
    plain = {k: v for k, v in vars(module).items() if isinstance(v, torch.Tensor)}
    file = io.BytesIO()
    torch.save({"state": module.state_dict(), "plain": plain}, file)
    file.seek(0)
    return read_values(torch.load(file, weights_only=True))


def read_values(loaded):
    return {
        (kind, name): tensor.tolist()
        for kind, tensors in loaded.items()
        for name, tensor in tensors.items()
    }


@pytest.mark.parametrize("raises", [False, True], ids=["returns", "raises"])
@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("sentence", FORWARDS)
def test_everything_is_as_it_was_although(sentence, device, raises):
    make, function, macs = FORWARDS[sentence]

    def stops(net, x):
        function(net, x)
        raise ValueError("on purpose")

    net = make(function)
    net.function = stops if raises else function
    before, process, code, file = read(net), of_process(), of_code(), saved(net)
    if raises:
        with pytest.raises(Untraceable, match="on purpose"):
            traced(net, device=device)
    else:
        assert traced(net, device=device).macs == macs
    after = of_process()
    assert [name for name in process if process[name] != after[name]] == []
    assert read(net) == before
    assert of_code() == code
    assert saved(net) == file


@pytest.mark.parametrize("sentence", FORWARDS)
def test_a_training_step_leaves_everything_as_it_was_although(sentence):
    make, function, macs = FORWARDS[sentence]
    net = make(function)
    before, process, code = read(net), of_process(), of_code()
    assert traced(net, train=True).macs == macs
    assert of_process() == process
    assert (read(net), of_code()) == (before, code)


# Modules that are unusual, and valid.


class Empty(nn.Linear):
    def __len__(self):
        return 0


class Falsy(nn.Linear):
    def __bool__(self):
        return False


class Unsure(nn.Linear):
    def __bool__(self):
        raise ValueError("neither")


class Child(nn.Module):
    def __init__(self, parent):
        super().__init__()
        self.parent, self.layer = parent, nn.Linear(4, 4)

    def forward(self, x):
        return self.layer(x)


class Parent(nn.Module):
    def __init__(self):
        super().__init__()
        self.child, self.layer = Child(self), nn.Linear(4, 4)

    def forward(self, x):
        return self.layer(self.child(x))


class Called(nn.Module):
    """Its layers are called by __call__ alone."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def __call__(self, x):
        return self.layer(x)


class Generous(nn.Module):
    """Whatever one asks for is there."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return 0

    def forward(self, x):
        return self.layer(x)


def layers(*modules):
    return nn.Sequential(*modules)


def nested(depth):
    module = nn.Linear(4, 4)
    for _ in range(depth):
        module = nn.Sequential(module)
    return module


def compiled_in_place():
    module = layers(nn.Linear(4, 4), nn.Linear(4, 4))
    module[0].compile()
    return module


def partial_forward():
    module = nn.Linear(4, 4)
    module.forward = partial(nn.Linear.forward, module)
    return module


def patched():
    module = layers(nn.Linear(4, 4))
    module[0].forward = lambda x: nn.functional.linear(x, module[0].weight)
    return module


def pruned():
    module = nn.Linear(4, 4)
    prune.l1_unstructured(module, "weight", amount=2)
    return module


def hooked():
    module = nn.Linear(4, 4)
    module.register_forward_pre_hook(lambda m, args, kwargs: (args, kwargs), with_kwargs=True)
    module.register_forward_hook(lambda m, args, kwargs, out: out @ torch.eye(4), with_kwargs=True)
    return module


def shared():
    layer = nn.Linear(4, 4)
    return layers(layer, layer, layers(layer))


def scripted(freeze):
    module = torch.jit.script(layers(nn.Linear(4, 4), nn.ReLU()).eval())
    return torch.jit.freeze(module) if freeze else module


def trace_of(freeze):
    module = torch.jit.trace(layers(nn.Linear(4, 4), nn.ReLU()).eval(), torch.zeros(X))
    return torch.jit.freeze(module) if freeze else module


@torch.compile
def compiled_function(x):
    return x @ torch.eye(4)


def tensors_of(module):
    """Its parameters and buffers, however deep: torch's own way there calls itself."""
    found, seen, left = [], set(), [module]
    while left:
        part = left.pop()
        if id(part) not in seen:
            seen.add(id(part))
            found += [
                t for t in (*part._parameters.values(), *part._buffers.values()) if t is not None
            ]
            left += [child for child in part._modules.values() if child is not None]
    return list({id(tensor): tensor for tensor in found}.values())


UNUSUAL = {
    "modules without a length": (lambda: layers(Empty(4, 4), Empty(4, 4)), 2 * LAYER),
    "modules that are false": (lambda: layers(Falsy(4, 4), nn.ReLU()), LAYER),
    "modules without a truth value": (lambda: layers(Unsure(4, 4), nn.ReLU()), LAYER),
    "empty containers": (lambda: layers(nn.Sequential(), nn.Linear(4, 4)), LAYER),
    "a compiled module": (lambda: torch.compile(nn.Linear(4, 4)), LAYER),
    "a compiled layer": (lambda: layers(torch.compile(nn.Linear(4, 4)), nn.ReLU()), LAYER),
    "a layer that was compiled in place": (compiled_in_place, 2 * LAYER),
    "a compiled function": (lambda: Net(lambda net, x: compiled_function(x)), LAYER),
    "a function that it compiles": (lambda: Net(lambda net, x: torch.compile(net.a)(x)), LAYER),
    "a scripted module": (lambda: scripted(False), LAYER),
    "a frozen scripted module": (lambda: scripted(True), LAYER),
    "a traced module": (lambda: trace_of(False), LAYER),
    "a frozen traced module": (lambda: trace_of(True), LAYER),
    "200 modules inside of each other": (lambda: nested(200), LAYER),
    "2,000 modules inside of each other": (lambda: nested(2000), LAYER),
    "a partial function for a forward method": (partial_forward, LAYER),
    "a forward method of the instance": (patched, LAYER),
    "a partial function that it calls": (
        lambda: Net(partial(lambda n, net, x: net.b(net.a(x)), 3)),
        2 * LAYER,
    ),
    "a weight of length and direction": (
        lambda: parametrizations.weight_norm(nn.Linear(4, 4)),
        LAYER,
    ),
    # W Vᵀ u, and the product of that and u: 16 + 4 more.
    "a weight of spectral norm 1": (
        lambda: parametrizations.spectral_norm(nn.Linear(4, 4)).eval(),
        LAYER + 16 + 4,
    ),
    "a pruned layer": (pruned, LAYER),
    "hooks that take keywords": (hooked, 2 * LAYER),
    "a layer that is called three times": (shared, 3 * LAYER),
    "a child that holds its parent": (Parent, 2 * LAYER),
    "a copy of a child that holds its parent": (lambda: copy.deepcopy(Parent()), 2 * LAYER),
    "a module without a forward method": (Called, LAYER),
    "a module that has every attribute": (Generous, LAYER),
    "a module with an attribute in a slot": (
        lambda: hostile.Slotted(lambda net, x: net.a(x)),
        LAYER,
    ),
    "a module that is in no attribute": (
        lambda: Net(lambda net, x: net.hidden[0](x), hidden=[nn.Linear(4, 4)]),
        LAYER,
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("sentence", UNUSUAL)
def test_what_is_unusual_and_valid_is_counted(sentence, device):
    make, macs = UNUSUAL[sentence]
    module = make()
    tensors = tensors_of(module)
    values, process = [tensor.clone() for tensor in tensors], of_process()
    profile = traced(module, device=device)
    assert profile.macs == macs
    assert profile.uncounted == ()
    assert profile.parameters == sum(t.numel() for t in tensors if isinstance(t, nn.Parameter))
    assert of_process() == process
    assert list(map(id, tensors_of(module))) == list(map(id, tensors))
    assert all(torch.equal(old, now) for old, now in zip(values, tensors, strict=True))


@pytest.mark.filterwarnings("ignore")
def test_a_compiled_layer_has_the_path_of_its_original():
    module = layers(layers(torch.compile(nn.Linear(4, 4))), nn.ReLU())
    assert [row.path for row in traced(module).rows] == ["0.0", "1"]


def test_falsy_modules_are_found_with_their_parameters():
    profile = traced(layers(Falsy(4, 4), Empty(4, 4)), train=True)
    assert [row.path for row in profile.rows] == ["0", "1"]
    assert profile.parameters == 2 * (16 + 4)
    # Each weight has a gradient, and so does what the second layer takes.
    assert profile.counts.training_macs == (2 + 2 + 1) * LAYER


def test_a_tensor_of_a_class_of_its_own_can_be_made_while_it_runs():
    class Table(torch.Tensor):
        pass

    assert traced(Net(lambda net, x: net.a(x) + Table([1.0, 2, 3, 4]))).macs == LAYER
    assert "__new__" not in vars(Table)


# What runs in other threads.

POOL = ThreadPoolExecutor(2)
OLD_POOL = ThreadPool(2)
EYE = torch.eye(4)


class Thread(threading.Thread):
    """A thread with its own run method."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def run(self):
        self.result = self.function()


def in_thread(function):
    thread = Thread(function)
    thread.start()
    thread.join()
    return thread.result


def in_new_pool(function):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def in_low_level_thread(function):
    import _thread

    results = []
    _thread.start_new_thread(lambda: results.append(function()), ())
    while not results:
        time.sleep(0.001)
    return results[0]


def in_timer(function):
    results = []
    timer = threading.Timer(0.01, lambda: results.append(function()))
    timer.start()
    timer.join()
    return results[0]


def in_coroutine(function):
    import asyncio

    async def run():
        return await asyncio.to_thread(function)

    return asyncio.run(run())


def in_thread_of_thread(function):
    return in_thread(lambda: in_new_pool(function))


THREADS = {
    "a thread": in_thread,
    "a new pool": in_new_pool,
    "a pool that was there": lambda function: POOL.submit(function).result(),
    "a pool's map": lambda function: next(iter(POOL.map(lambda _: function(), [0]))),
    "multiprocessing's pool of threads": OLD_POOL.apply,
    "that pool's map": lambda function: OLD_POOL.map(lambda _: function(), [0])[0],
    "a low-level thread": in_low_level_thread,
    "a timer": in_timer,
    "a coroutine": in_coroutine,
    "a thread of a thread": in_thread_of_thread,
}


@pytest.fixture(scope="module", autouse=True)
def pools():
    list(POOL.map(time.sleep, [0.01] * 2))  # its threads are there before any trace
    yield
    POOL.shutdown()
    OLD_POOL.terminate()


@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("way", THREADS)
def test_what_runs_in_another_thread_is_counted(way, device):
    run = THREADS[way]
    net = Net(lambda net, x: run(lambda: net.a(x)) + run(lambda: x @ EYE))
    profile = traced(net, device=device)
    assert profile.macs == 2 * LAYER
    assert profile.warnings == ()
    assert [row.path for row in profile.rows if row.counts.macs] == ["a", "matmul"]
    assert not POOL.submit(torch.is_inference_mode_enabled).result()


def test_a_training_step_in_another_thread_costs_what_it_does_in_this_one():
    net = Net(lambda net, x: POOL.submit(lambda: net.b(net.a(x))).result())
    plain = Net(lambda net, x: net.b(net.a(x)))
    here = traced(plain, train=True).counts.training_macs
    assert traced(net, train=True).counts.training_macs == here == 5 * LAYER


def test_many_threads_lose_no_row():
    net = Net(lambda net, x: sum(POOL.map(lambda _: net.b(net.a(x)), range(100))))
    assert traced(net).macs == 200 * LAYER


def test_a_thread_that_is_not_waited_for_is_counted():
    def leave(net, x):
        threading.Thread(target=lambda: (time.sleep(0.05), x @ EYE)).start()
        return net.a(x)

    assert traced(Net(leave)).macs == 2 * LAYER


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_asks_for_values_is_run_on_the_cpu():
    def ask(net, x):
        results = [x]
        thread = threading.Thread(target=lambda: results.append(net.a(x) * float(x.sum())))
        thread.start()
        thread.join()
        return results[-1]

    profile = traced(Net(ask), torch.zeros(X))
    assert profile.macs == LAYER
    assert "was run on the CPU" in profile.warnings[0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_other_threads_start_beside_a_trace_is_not_counted():
    go, done = threading.Event(), threading.Event()

    def work():
        with torch.no_grad():
            torch.ones(4, 4) @ torch.ones(4, 4)

    def bystander():
        go.wait(10)
        started = threading.Thread(target=work)
        started.start()
        started.join()
        done.set()

    def forward(net, x):
        go.set()
        assert done.wait(10)
        return net.a(x)

    threading.Thread(target=bystander).start()
    assert traced(Net(forward)).macs == LAYER


def test_a_thread_that_raises_is_an_error():
    def fail(net, x):
        thread = threading.Thread(target=lambda: net.a(x[:, :3]))
        thread.start()
        thread.join()
        return x

    with pytest.raises(Untraceable, match="3 columns"):
        traced(Net(fail))


def test_what_runs_in_another_process_is_a_warning():
    import multiprocessing

    def start(net, x):
        process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(0,))
        process.start()
        process.terminate()
        return net.a(x)

    assert "another process" in traced(Net(start)).warnings[0]
