"""Running another library's code so that neither the screen nor the module nor torch shows it."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from torch import nn


Parts: TypeAlias = "Sequence[tuple[str, nn.Module]]"
"""The modules of a module, itself first, each once, with its path."""


def original_of(module: Any) -> Any:
    """What `torch.compile` made this module of; any other module itself."""
    while is_compiled(module):
        module = vars(module)["_modules"]["_orig_mod"]
    return module


def is_compiled(module: Any) -> bool:
    """Whether `torch.compile` made it of another module."""
    kind = type(module)
    return (kind.__name__, kind.__module__) == ("OptimizedModule", "torch._dynamo.eval_frame")


def parts_of(module: nn.Module) -> Parts:
    """As `Module.named_modules`, whose nested generators take longer the deeper a module is.

    A module that was compiled is there with its original, which has the same path.
    """
    found: list[tuple[str, nn.Module]] = []
    seen: set[int] = set()
    left = [("", module)]
    while left:
        path, part = left.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        found.append((path, part))
        children = [
            (f"{path}.{name}" if path else name, child)
            for name, child in part._modules.items()
            if child is not None
        ]
        if is_compiled(part):
            children = [(path, child) for _, child in children]
        left += reversed(children)
    return found


@contextlib.contextmanager
def torch_unpatched() -> Iterator[None]:
    """Undo what a library replaces in torch, its functions and its tensors' methods."""
    import torch
    from torch.nn import functional

    before = [(namespace, dict(vars(namespace))) for namespace in (torch, functional, torch.Tensor)]
    try:
        yield
    finally:
        for namespace, attributes in before:
            now = vars(namespace)
            if now == attributes:
                continue
            for name, value in attributes.items():
                if now.get(name) is not value:
                    setattr(namespace, name, value)
            for name in [name for name in now if name not in attributes]:
                if not name.startswith("__"):
                    delattr(namespace, name)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Do not look for garbage meanwhile: all that is made lasts, and the looking takes longer."""
    import gc

    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextlib.contextmanager
def attention_unfused() -> Iterator[None]:
    """Switch off the fused path of nn.MultiheadAttention, which takes it past most counters."""
    import torch

    enabled = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(enabled)


@contextlib.contextmanager
def uncompiled() -> Iterator[None]:
    """Run what is compiled as it was written: no tracer sees into a compiled function.

    And flex_attention on any device: it has no kernels for some, of which a trace needs none.
    """
    import sys
    from unittest.mock import patch

    import torch

    def as_it_is(model: Any = None, *options: Any, **more: Any) -> Any:
        return (lambda model: model) if model is None else model

    flex, operators = "torch.nn.attention.flex_attention", "torch._higher_order_ops.utils"
    switches = (
        ("torch", "compile", as_it_is),
        (flex, "_FLEX_ATTENTION_DISABLE_COMPILE_DEBUG", True),  # it compiles itself
        (flex, "_validate_device", lambda *tensors: None),
        (operators, "_hop_compile_and_call", lambda function, args: function(*args)),
    )
    with contextlib.ExitStack() as stack:
        for module, name, value in switches:
            if hasattr(sys.modules.get(module), name):
                stack.enter_context(patch.object(sys.modules[module], name, value))
        if "torch._dynamo.eval_frame" in sys.modules:
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield


@contextlib.contextmanager
def taken_apart() -> Iterator[None]:
    """Have torch differentiate attention and recurrent layers as the products they are made of.

    Its fused kernels' backward passes are single operators, and compute some products again.
    """
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    with (
        sdpa_kernel(SDPBackend.MATH),
        torch.backends.mkldnn.flags(enabled=False),
        torch.backends.cudnn.flags(enabled=False),
    ):
        yield


@contextlib.contextmanager
def subclasses_made() -> Iterator[None]:
    """Let a forward pass make tensors of its own classes, which a dispatch mode prevents.

    torch makes them as tensors of `empty`, and cannot give that tensor another class when a
    mode has seen it. (`Tensor.__new__` itself stays: torch's compiler knows it by identity.)
    """
    import torch
    from torch.utils._python_dispatch import _disable_current_modes

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        with _disable_current_modes():
            return torch._C.TensorBase.__new__(cls, *args, **kwargs)

    made_so = [
        cls
        for cls in torch.Tensor.__subclasses__()
        if cls.__new__ is torch.Tensor.__new__ and "__new__" not in vars(cls)
    ]
    for cls in made_so:
        cls.__new__ = staticmethod(new)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for cls in made_so:
            del cls.__new__


@contextlib.contextmanager
def deep_enough(parts: Parts) -> Iterator[None]:
    """Allow for the calls of modules inside of modules, however deep, and those around them."""
    import sys

    depth = max(path.count(".") for path, _ in parts)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + 500 + 10 * depth)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def set_mode(module: nn.Module, parts: Parts, train: bool) -> None:
    """As `Module.train`, also of a module that contains itself, where that does not end."""
    if all(getattr(part, "training", train) is train for _, part in parts):
        return
    try:
        module.train(train)
    except RecursionError:
        for _, part in parts:
            vars(part)["training"] = train


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Keep warnings, log lines and prints off the screen."""
    import logging  # here, so that a light command does not pay for it

    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with unprinted():
            yield
    finally:
        logging.disable(disabled)


@contextlib.contextmanager
def unprinted() -> Iterator[None]:
    """Keep warnings and prints off the screen."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield
