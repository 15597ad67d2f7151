"""Any `torch.nn.Module` as a profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice
from threading import RLock
from types import GeneratorType
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.core.errors import BadOption, BadShape, UnknownName, Untraceable
from mobilecalc.core.profile import Profile
from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.isolation.global_state import process_restored
from mobilecalc.modules.isolation.interpreter import (
    garbage_uncollected,
    recursion_allowed,
    unprinted,
)
from mobilecalc.modules.isolation.parts import Parts, original_of, parts_of, set_mode
from mobilecalc.modules.isolation.placement import asks_for_values, placed
from mobilecalc.modules.isolation.snapshot import Snapshot, restored
from mobilecalc.modules.isolation.torch_patches import (
    kernels_unfused,
    subclasses_allowed,
    torch_unpatched,
    uncompiled,
)

if TYPE_CHECKING:
    from torch import nn


class Attempt(NamedTuple):
    """A way to run the forward pass.

    run: whether every operator is run, or only those whose result no formula tells. autograd:
    with gradients, as a training step needs them, and code that asks for them as it runs.
    """

    device: str
    run: bool
    autograd: bool = False


ATTEMPTS = {
    "meta": (
        Attempt("meta", run=False),
        Attempt("meta", run=True),
        Attempt("meta", run=True, autograd=True),
        Attempt("cpu", run=True),
        Attempt("cpu", run=True, autograd=True),
    ),
    "cpu": (Attempt("cpu", run=True), Attempt("cpu", run=True, autograd=True)),
    "cuda": (Attempt("cuda", run=True), Attempt("cuda", run=True, autograd=True)),
}
"""By device: what is tried, one after the other, until one comes through.

A training step is tried with autograd only.
"""

_MOST_ITEMS = 10_000
"""Of a generator that a module returns, which may have no end."""

_LOCK = RLock()
"""A trace changes the module and the process while it runs: one at a time."""


def trace(
    module: nn.Module,
    inputs: Inputs,
    *,
    name: str = "",
    train: bool = False,
    device: str = "meta",
) -> Profile:
    """The profile of one forward pass (with `train`, of a training step) of any module.

    On the meta device nothing is computed and no memory taken. Where a module needs values (a
    branch on data), the pass runs on the CPU, with zeros for weights without values, and the
    profile's notes say so. The module is left as it was: mode, parameters, buffers, hooks, and
    torch with it.

    Raises `Untraceable` where the forward pass raises, with what it said.
    """
    device, module = str(device), original_of(module)
    _check_kind(module)
    check_device(device)
    if device == "cuda":
        _check_cuda()
    name, failures = name or type(module).__name__, list[BaseException]()
    parts = parts_of(module)
    _check_initialised(parts, name)
    for attempt in ATTEMPTS[device]:
        if train and not attempt.autograd:
            continue
        try:
            if attempt.device != device and not any(map(asks_for_values, failures)):
                break
            with _LOCK:
                return _traced(module, parts, inputs, attempt, device, name, bool(train))
        except BadShape as error:
            raise Untraceable(name, str(inputs), error) from error
        except (Exception, SystemExit) as error:  # whatever a forward pass may raise
            failures.append(error)
    raise Untraceable(name, str(inputs), failures[-1]) from failures[-1]


def first_accepted(module: nn.Module, candidates: Sequence[Inputs]) -> Inputs:
    """The first that a forward pass takes, on the meta device or else on the CPU.

    Where none is, the one that failed for want of values, else the first of all.
    """
    likely = []
    for inputs in candidates:
        failure = _failure(module, inputs, ATTEMPTS["meta"][0])
        if failure is None:
            return inputs
        if asks_for_values(failure):
            likely.append(inputs)
    if len(likely) > 1:
        on_cpu = ATTEMPTS["cpu"][0]
        accepted = (inputs for inputs in likely if _failure(module, inputs, on_cpu) is None)
        return next(accepted, likely[0])
    return (likely or candidates)[0]


def _failure(module: nn.Module, inputs: Inputs, attempt: Attempt) -> BaseException | None:
    """What a forward pass raises."""
    try:
        with _LOCK:
            parts = parts_of(module)
            _traced(module, parts, inputs, attempt, attempt.device, "", train=False)
    except (Exception, SystemExit) as error:  # whatever a forward pass may raise
        return error
    return None


def _traced(
    module: nn.Module,
    parts: Parts,
    inputs: Inputs,
    attempt: Attempt,
    device: str,
    name: str,
    train: bool,
) -> Profile:
    import torch

    from mobilecalc.modules.tracing.threads import threads_followed
    from mobilecalc.modules.tracing.tracer import Tracer

    with _isolated(parts, attempt.device) as snapshot:
        tracer = Tracer(attempt.device, run=attempt.run, autograd=attempt.autograd)
        set_mode(module, parts, train)
        fed = _fed(inputs, attempt, train)
        with (
            torch.inference_mode(not attempt.autograd),
            torch.set_grad_enabled(attempt.autograd),
            kernels_unfused() if train else nullcontext(),
            tracer.watching(parts, snapshot.tensors, fed.tensors()),
            threads_followed(tracer) as threads,
        ):
            result = module(*fed.args, **fed.kwargs)
            if isinstance(result, GeneratorType):  # it computes as it is read
                result = list(islice(result, _MOST_ITEMS))
            if train:
                tracer.differentiate(result)
        rows = (*tracer.traced.rows, *tracer.traced.unused(parts))
    return Profile(
        name=name,
        input=inputs.shape,
        rows=rows,
        origin=f"{name}, {inputs}",
        notes=(_what_ran(name, inputs, train),),
        warnings=(*_fallback_note(name, inputs, device, attempt), *threads.warnings),
        sources=(*tracer.traced.sources, *[()] * (len(rows) - len(tracer.traced.sources))),
    )


@contextmanager
def _isolated(parts: Parts, device: str) -> Iterator[Snapshot]:
    """Place a module on the device, and afterwards give it and the process back as they were."""
    import torch

    with (
        torch.inference_mode(False),  # whatever the caller's mode is
        recursion_allowed(parts),
        process_restored(),
        restored(parts) as snapshot,
        placed(parts, device),
        torch_unpatched(),
        subclasses_allowed(),
        garbage_uncollected(),
        uncompiled(),
        unprinted(),
    ):
        yield snapshot


def _fed(inputs: Inputs, attempt: Attempt, train: bool) -> Inputs:
    """The inputs on the attempt's device; of a training step, those need gradients that did."""
    fed = inputs.on(attempt.device)
    if train:
        for given, tensor in zip(inputs.tensors(), fed.tensors(), strict=True):
            tensor.requires_grad_(given.requires_grad)
    return fed


def _what_ran(name: str, inputs: Inputs, train: bool) -> str:
    """The pass in a sentence; where the first size is not 1, the numbers are not of one sample."""
    samples = next((tensor.shape[0] for tensor in inputs.tensors() if tensor.dim()), 1)
    whole = f" (all {samples} of its first axis)" if samples != 1 else ""
    return f"{name}: {'a training step' if train else 'one pass'}, input {inputs}{whole}."


def _check_kind(module: object) -> None:
    """Raises `BadOption` for what is no module."""
    from torch import nn

    if not isinstance(module, nn.Module):
        raise BadOption(
            f"A {type(module).__name__} is no torch.nn.Module.",
            fix="Wrap a function in a module whose forward method calls it.",
        )


def _check_initialised(parts: Parts, name: str) -> None:
    """Raises `BadOption` where a lazy module has not seen its first input."""
    from torch.nn.parameter import Parameter, is_lazy

    lazy = next(
        (
            f"{path}.{name}" if path else name
            for path, part in parts
            for name, parameter in part._parameters.items()
            if type(parameter) is not Parameter and parameter is not None and is_lazy(parameter)
        ),
        None,
    )
    if lazy is not None:
        raise BadOption(
            f"{name} has a lazy parameter without a shape: {lazy}.",
            why="A lazy module gets its shapes, and another class, from the first input it sees.",
            fix="Run it once on an input, where it is made, before it is counted.",
        )


def check_device(device: str) -> None:
    """Raises `UnknownName` for a device that no pass is run on."""
    if device not in ATTEMPTS:
        raise UnknownName("device", device, ATTEMPTS)


def _check_cuda() -> None:
    import torch

    if not torch.cuda.is_available():
        raise BadOption(
            "--device cuda is not possible: torch finds no CUDA device here.",
            fix="Leave it out: counting needs no accelerator.",
        )


def _fallback_note(name: str, inputs: Inputs, asked: str, attempt: Attempt) -> tuple[str, ...]:
    if attempt in ATTEMPTS["meta"] and attempt.device == "cpu" != asked:
        zeros = "inputs and weights" if any(t.is_meta for t in inputs.tensors()) else "weights"
        return (
            f"{name} was run on the CPU, with zeros for {zeros} without values: its"
            " forward pass does not run on the meta device, mostly as it asks for values. Where it"
            " branches on zeros, the branches are theirs.",
        )
    return ()
