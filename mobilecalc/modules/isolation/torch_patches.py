"""What is switched or replaced in torch while a module runs, and put back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


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
def kernels_unfused() -> Iterator[None]:
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
def subclasses_allowed() -> Iterator[None]:
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
