"""Which module is running: the paths of a traced forward pass. Imports torch: import it lazily."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from torch import nn

from mobilecalc.modules.isolation.parts import Parts, is_compiled, original_of

_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")
_POOLING = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d)


class Call:
    """A module whose forward method is running; `names` numbers the functions it has called.

    is_leaf: it holds no other module. pools: it is one of torch's adaptive average poolings.
    """

    __slots__ = ("is_leaf", "names", "path", "pools")

    def __init__(self, path: str, *, is_leaf: bool = False, pools: bool = False) -> None:
        self.path, self.is_leaf, self.pools = path, is_leaf, pools
        self.names: dict[str, int] | None = None

    @staticmethod
    def of_class(path: str, kind: str) -> Call:
        """Of a module that is known by the name of its class, as in an exported program."""
        is_layer = kind.startswith("torch.nn.modules.") and not kind.endswith(_CONTAINERS)
        pools = kind.endswith(tuple(module.__name__ for module in _POOLING))
        return Call(path, is_leaf=is_layer, pools=pools)

    def place(self, name: str) -> str:
        """The path of an operation: a leaf's own; else the function's, under the module's."""
        if self.is_leaf and self.path:
            return self.path
        names = self.names = {} if self.names is None else self.names
        before = names.get(name, 0)
        names[name] = before + 1
        unique = f"{name}_{before}" if before else name
        return f"{self.path}.{unique}" if self.path else unique


class _Running(threading.local):
    """The calls that are running in a thread; none in one that nobody follows."""

    calls: list[Call] | None = None


class Calls:
    """The calls that are running, the innermost last; the first is of whoever calls the module."""

    def __init__(self) -> None:
        self._running = _Running()
        self._running.calls = [Call("")]
        self.follow: Callable[[Call], AbstractContextManager[None]] = self.elsewhere
        """Given the call that it belongs to: traces what another thread does."""

    @property
    def innermost(self) -> Call:
        """The call that an operation belongs to."""
        calls = self._running.calls
        return calls[-1] if calls else Call("")

    @property
    def are_here(self) -> bool:
        """Whether the calls of this thread are followed."""
        return self._running.calls is not None

    @contextmanager
    def inside(self, call: Call) -> Iterator[None]:
        """Count what follows as this call's."""
        calls = self._running.calls
        assert calls is not None
        calls.append(call)
        try:
            yield
        finally:
            calls.pop()

    @contextmanager
    def elsewhere(self, caller: Call) -> Iterator[None]:
        """In another thread: count what follows as this call's."""
        self._running.calls = [caller]
        try:
            yield
        finally:
            self._running.calls = None

    def watch(self, parts: Parts) -> None:
        """Wrap the forward method of each module; `snapshot.restored` takes the wrapping off.

        What `torch.compile` made runs its original.
        """
        for path, part in parts:
            attributes = vars(part)
            if is_compiled(part):
                attributes["forward"] = original_of(part)
                continue
            attributes["forward"] = self._watched(path, part)
            if attributes.get("_compiled_call_impl") is not None:
                attributes["_compiled_call_impl"] = None

    def _watched(self, path: str, module: nn.Module) -> Callable[..., Any]:
        forward, running, is_leaf = module.forward, self._running, not module._modules
        pools = isinstance(module, _POOLING)

        def watched(*args: Any, **kwargs: Any) -> Any:
            calls = running.calls
            if calls is None:
                with self.follow(Call("")):
                    return watched(*args, **kwargs)
            calls.append(Call(path, is_leaf=is_leaf, pools=pools))
            try:
                return forward(*args, **kwargs)
            finally:
                calls.pop()

        watched.__wrapped__ = forward  # type: ignore[attr-defined]
        return watched
