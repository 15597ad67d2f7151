"""What a forward pass can change in the objects that it reaches: as it was, and put back.

A snapshot holds attributes, containers at any depth, the classes, closures and global variables of
the module's own code, random generators and arrays. The values of tensors are kept when something
is written to them, by `copy_on_write`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from mobilecalc.modules.isolation.code_origin import Origin, is_module, names_in, origin, slots_of
from mobilecalc.modules.isolation.containers import Container, container_of
from mobilecalc.modules.isolation.parts import Parts
from mobilecalc.modules.isolation.restorers import (
    ABSENT,
    fill_cell,
    fill_slot,
    has_value,
    restore_class,
    restorer_of,
)

if TYPE_CHECKING:
    from torch import Tensor

_ATOMS = frozenset({str, int, float, bool, bytes, complex, type(None), ModuleType})
"""Nothing can be changed in them. (A module's variables are looked up by name.)"""

_PLAIN = frozenset({dict, OrderedDict, list, set})


class Snapshot:
    """What can be reached from the parts of a module, as it was when this was made."""

    def __init__(self, parts: Parts) -> None:
        self.tensors: list[Tensor] = []
        self._tables: list[tuple[Container, Any, list[Any]]] = []
        self._empty: list[Any] = []
        self._filled: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._owned: list[Any] = []
        self._calls: list[Callable[[], Any]] = []
        self._variables: list[tuple[dict[str, Any], str, Any]] = []
        self._seen = {id(part) for _, part in parts}
        self._classes: set[type] = set()
        self._left: list[Any] = []
        self._parts = [(part, type(part), vars(part), vars(part).copy()) for _, part in parts]
        self._look_at_parts()
        while self._left:
            self._keep(self._left.pop())
        self._of_tensors = [(vars(t), vars(t).copy()) for t in self.tensors]
        found = {id(tensor): tensor for tensor in self._owned if tensor is not None}
        self.tensors += [tensor for key, tensor in found.items() if key not in self._seen]
        # TorchScript keeps the mode out of `vars`; a frozen module has none.
        self._modes = [
            (part, part.training)
            for _, part in parts
            if "training" not in vars(part) and hasattr(part, "training")
        ]
        self._gradients = [(t, t.requires_grad, t.grad) for t in self.tensors if t.is_leaf]
        self.tensors += [grad for _, _, grad in self._gradients if grad is not None]
        self._aliases = [(t, t.detach()) for t in self.tensors if not t.is_meta and _is_plain(t)]
        self._kinds = [(t, t.shape, t.dtype) for t in self.tensors if t.is_meta]

    def restore(self) -> None:
        """Give everything what it had; what holds others is filled again, not replaced."""
        for part, kind, attributes, old_attributes in self._parts:
            attributes.clear()
            attributes.update(old_attributes)
            if type(part) is not kind:
                object.__setattr__(part, "__class__", kind)
        for part, training in self._modes:
            if part.training is not training:
                part.training = training
        for table in self._empty:
            if table:
                table.clear()
        for filled, old in self._filled:
            filled.clear()
            filled.update(old)
        for container, table, held in self._tables:
            if not container.same(table, held):
                container.fill(table, held)
        for variables, name, value in self._variables:
            if variables.get(name, ABSENT) is not value:
                if value is ABSENT:
                    del variables[name]
                else:
                    variables[name] = value
        for call in self._calls:
            call()
        self._restore_tensors()

    def _restore_tensors(self) -> None:
        for attributes, old_attributes in self._of_tensors:
            if attributes:
                attributes.clear()
            attributes.update(old_attributes)
        for tensor, requires_grad, grad in self._gradients:
            if tensor.requires_grad is not requires_grad:
                tensor.requires_grad_(requires_grad)
            if tensor.grad is not grad:
                tensor.grad = grad
        for tensor, alias in self._aliases:
            if _elsewhere(tensor, alias):
                tensor.data = alias
        for tensor, shape, dtype in self._kinds:
            if tensor.shape != shape or tensor.dtype != dtype:
                tensor.data = tensor.new_empty(shape, dtype=dtype)

    def _look_at_parts(self) -> None:
        """A module has ten empty dicts: they are told from the rest at once.

        What its tables hold is known: its parameters and buffers, and others of the parts.
        """
        for _, _, _, attributes in self._parts:
            for name in ("_parameters", "_buffers"):
                table = attributes.get(name)
                if type(table) is dict and table:
                    self._filled.append((table, table.copy()))
                    self._owned += table.values()
            for name, value in attributes.items():
                kind = type(value)
                if kind in _ATOMS:
                    continue
                if kind in _PLAIN and not value:
                    self._empty.append(value)
                elif kind is dict and name == "_modules":
                    self._filled.append((value, value.copy()))
                elif kind is not dict or name not in ("_parameters", "_buffers"):
                    self._left.append(value)
        kinds: set[Any] = {kind for _, kind, _, _ in self._parts}
        for kind in kinds:
            self._class(kind)
        slotted = {kind for kind in kinds if slots_of(kind)}
        for part, kind, _, _ in self._parts if slotted else ():
            if kind in slotted:
                self._slots(part)

    def _look(self, values: Iterable[Any]) -> None:
        self._left += [value for value in values if type(value) not in _ATOMS]

    def _keep(self, value: Any) -> None:
        if id(value) not in self._seen:
            self._seen.add(id(value))
            kind: Any = type(value)
            _way_of(kind)(self, value)

    def _container(self, value: Any) -> None:
        kind: Any = type(value)
        container = container_of(kind)
        assert container is not None
        held = container.held(value)
        self._tables.append((container, value, held))
        self._look([item for _, item in held] if container.is_mapping else held)

    def _tensor(self, value: Any) -> None:
        self.tensors.append(value)

    def _other(self, value: Any) -> None:
        restore = restorer_of(value)
        if restore is not None:
            self._calls.append(restore)
        else:
            self._object(type(value), value)

    def _object(self, kind: type, value: Any) -> None:
        if origin(kind.__module__) is Origin.CLOSED and not is_module(value):
            return
        with suppress(AttributeError):
            self._look((object.__getattribute__(value, "__dict__"),))
        self._slots(value)
        self._class(kind)

    def _slots(self, value: Any) -> None:
        """Attributes that are not in `vars`."""
        kind: Any = type(value)
        for slot in slots_of(kind):
            old = slot.__get__(value) if has_value(slot, value) else ABSENT
            self._calls.append(partial(fill_slot, slot, value, old))
            self._look(() if old is ABSENT else (old,))

    def _class(self, kind: type) -> None:
        """The class attributes of a user's classes."""
        if kind in self._classes:
            return
        for cls in kind.__mro__:
            if cls not in self._classes and origin(cls.__module__) is Origin.OWN:
                old = {k: v for k, v in vars(cls).items() if not k.startswith("__")}
                methods = [v for k, v in vars(cls).items() if k.startswith("__")]
                self._calls.append(partial(restore_class, cls, old))
                self._look((*old.values(), *methods))
            self._classes.add(cls)

    def _function(self, function: FunctionType) -> None:
        """What it closes over, its defaults, and the global variables that its code names."""
        self._look((function.__defaults__, function.__kwdefaults__, function.__dict__))
        for cell in function.__closure__ or ():
            try:
                value = cell.cell_contents
            except ValueError:  # it is empty
                continue
            self._calls.append(partial(fill_cell, cell, value))
            self._look((value,))
        variables = function.__globals__
        if origin(variables.get("__name__", "")) is Origin.OWN:
            self._look_up(variables, names_in(function.__code__))

    def _look_up(self, variables: dict[str, Any], names: tuple[str, ...]) -> None:
        """The global variables of these names, and those of modules among them."""
        for name in names:
            value = variables.get(name, ABSENT)
            self._variables.append((variables, name, value))
            if type(value) is ModuleType and origin(value.__name__) is Origin.OWN:
                if vars(value) is not variables:
                    self._look_up(vars(value), names)
            elif value is not ABSENT:
                self._look((value,))


@contextmanager
def restored(parts: Parts) -> Iterator[Snapshot]:
    """Put back what is changed meanwhile in what the parts reach, also after an exception."""
    snapshot = Snapshot(parts)
    try:
        yield snapshot
    finally:
        snapshot.restore()


def _is_plain(tensor: Tensor) -> bool:
    """Whether it has memory of its own kind, and no library's class that may refuse an alias."""
    import torch

    return type(tensor) in (torch.Tensor, torch.nn.Parameter) and tensor.layout == torch.strided


def _elsewhere(tensor: Tensor, alias: Tensor) -> bool:
    """Whether it was given other memory, or another shape, than the alias of it has."""
    return bool(
        tensor.untyped_storage()._cdata != alias.untyped_storage()._cdata
        or tensor.shape != alias.shape
        or tensor.stride() != alias.stride()
    )


def _look_at(*names: str) -> Callable[[Snapshot, Any], None]:
    return lambda snapshot, value: snapshot._look([getattr(value, name) for name in names])


@lru_cache(maxsize=4096)
def _way_of(kind: Any) -> Callable[[Snapshot, Any], None]:
    """How objects of a type are kept."""
    import torch

    ways: tuple[tuple[Any, Callable[[Snapshot, Any], None]], ...] = (
        (torch.Tensor, Snapshot._tensor),
        ((tuple, frozenset), Snapshot._look),
        (FunctionType, Snapshot._function),
        (MethodType, _look_at("__self__", "__func__")),
        (partial, _look_at("func", "args", "keywords")),
        ((staticmethod, classmethod), _look_at("__func__")),
        (property, _look_at("fget", "fset")),
        (type, Snapshot._class),
    )
    if container_of(kind) is not None:
        return Snapshot._container
    return next((way for kinds, way in ways if issubclass(kind, kinds)), Snapshot._other)
