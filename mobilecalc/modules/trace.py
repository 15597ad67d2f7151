"""Any `torch.nn.Module` as a profile."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.core.errors import BadOption, BadShape, UnknownName, Untraceable
from mobilecalc.core.profile import Profile
from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.isolation import parts_of, preserved, torch_unpatched, unprinted
from mobilecalc.modules.placement import place

if TYPE_CHECKING:
    from torch import nn


class Attempt(NamedTuple):
    """A way to run the forward pass: on which device, and whether every operator is run."""

    device: str
    run: bool


ATTEMPTS = {
    "meta": (Attempt("meta", run=False), Attempt("meta", run=True), Attempt("cpu", run=True)),
    "cpu": (Attempt("cpu", run=True),),
    "cuda": (Attempt("cuda", run=True),),
}
"""By device: what is tried, one after the other, until one comes through."""


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
    branch on data), the pass runs on the CPU with weights of zero, and the profile's notes say
    so. The module is left as it was: mode, parameters, buffers, hooks, and torch with it.

    Raises `Untraceable` where the forward pass raises, with what it said.
    """
    if device not in ATTEMPTS:
        raise UnknownName("device", device, ATTEMPTS)
    if device == "cuda":
        _check_cuda()
    failures: list[Exception] = []
    for attempt in ATTEMPTS[device]:
        try:
            profile = _traced(module, inputs, attempt, name or type(module).__name__, train)
        except BadShape as error:
            raise Untraceable(name or type(module).__name__, str(inputs), error) from error
        except Exception as error:  # whatever a forward pass may raise
            failures.append(error)
            if attempt.run and not _asks_for_values(error):
                break
            continue
        return profile
    raise Untraceable(name or type(module).__name__, str(inputs), failures[-1]) from failures[-1]


def _traced(module: nn.Module, inputs: Inputs, attempt: Attempt, name: str, train: bool) -> Profile:
    import torch

    from mobilecalc.modules.provenance import INPUT, mark
    from mobilecalc.modules.tracer import Tracer

    tracer = Tracer(attempt.device, run=attempt.run, gradients=train)
    parts = parts_of(module)
    with preserved(parts), torch_unpatched(), _seeds_kept(), unprinted():
        if any(part.training is not train for _, part in parts):
            module.train(train)
        place(parts, attempt.device)
        placed = inputs.on(attempt.device)
        for tensor in placed.tensors():
            mark(tensor, INPUT)
        with torch.inference_mode(), torch.set_grad_enabled(train), tracer.watching(parts), tracer:
            module(*placed.args, **placed.kwargs)
        rows = (*tracer.ledger.rows, *tracer.ledger.unused(parts))
    return Profile(
        name=name,
        input=inputs.shape,
        rows=rows,
        origin=f"{name}, {inputs}",
        notes=(_what_ran(name, inputs, train), *_fallback_note(name, attempt)),
        breaks=frozenset(tracer.ledger.breaks),
    )


def _what_ran(name: str, inputs: Inputs, train: bool) -> str:
    """The pass in a sentence; where the first size is not 1, the numbers are not of one sample."""
    samples = next((tensor.shape[0] for tensor in inputs.tensors() if tensor.dim()), 1)
    whole = f" (all {samples} of its first axis)" if samples != 1 else ""
    return f"{name}: {'a training step' if train else 'one pass'}, input {inputs}{whole}."


def _check_cuda() -> None:
    import torch

    if not torch.cuda.is_available():
        raise BadOption(
            "--device cuda is not possible: torch finds no CUDA device here.",
            mend="Leave it out: counting needs no accelerator.",
        )


def _asks_for_values(error: Exception) -> bool:
    """Whether it says that a tensor on the meta device has none."""
    text = f"{type(error).__name__} {error}".lower()
    return isinstance(error, NotImplementedError) or "meta" in text or "data-dependent" in text


def _fallback_note(name: str, attempt: Attempt) -> tuple[str, ...]:
    if attempt == ATTEMPTS["meta"][-1]:
        return (
            f"{name} was run on the CPU, with zeros for inputs and for weights without values: its"
            " forward pass asks for values, which the meta device does not have. Where it branches"
            " on them, the branches are those of zeros.",
        )
    return ()


@contextmanager
def _seeds_kept() -> Iterator[None]:
    """Give the random generators their states back."""
    import sys

    import torch

    numpy = sys.modules.get("numpy")
    states = torch.get_rng_state(), random.getstate(), numpy and numpy.random.get_state()
    try:
        yield
    finally:
        torch.set_rng_state(states[0])
        random.setstate(states[1])
        if numpy:
            numpy.random.set_state(states[2])
