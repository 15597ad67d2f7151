"""A user's Python file or module: `net.py:make_net(width=0.5)`, `package.module:factory`."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mobilecalc.core.blocks import Chain
from mobilecalc.core.errors import BadOption, UnknownName
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.isolation.foreign_code import raised_as, summary
from mobilecalc.modules.isolation.parts import parts_of
from mobilecalc.modules.loading.call import Call
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.modules.loading.files.file import check
from mobilecalc.modules.loading.sources import extension

if TYPE_CHECKING:
    from torch import nn

_EXAMPLES = "v1, torchvision:resnet50, timm:mobilenetv3_large_100, net.py:make_net(width=0.5)"


def find(name: str) -> Definition | Chain:
    """The module or the description that the named object is, or that it returns when called."""
    place, call = _place_and_call(name)
    namespace = _namespace(place)
    held = getattr(namespace, call.name, None)
    if isinstance(held, Chain):  # torch need not be imported for a description
        return held

    from torch import nn

    from mobilecalc.modules.loading.construction import constructed

    with raised_as(f"{place}:{call.name} does not return a module"):
        made = constructed(lambda: _called(namespace, place, call))
        if isinstance(made, Chain):
            return made
        if not isinstance(made, nn.Module):
            raise BadOption(
                f"{place}:{call.name} returns {_article(type(made).__name__)}, which is not a"
                " torch.nn.Module.",
                why="It is not a description (a Chain of mobilecalc.records) either.",
                fix="Name a module, its class, or a function that returns one.",
            )
        _check_initialised(made)
        return Definition(made, lambda: Inputs.of((TensorSpec((1, 3, 224, 224)),)))


def result_of(text: str) -> Any:
    """What the named function returns."""
    place, call = _place_and_call(text)
    return _called(_namespace(place), place, call)


def _place_and_call(name: str) -> tuple[str, Call]:
    """The file or module before the last colon outside of parentheses, and what to call in it."""
    match = re.fullmatch(r"(?P<place>.+?):(?P<call>[^:(]+(\(.*\))?)", name, re.DOTALL)
    if match is None:
        raise BadOption(f"'{name}' does not say what to load.", fix=f"For example: {_EXAMPLES}")
    return match["place"], Call.parse(match["call"], name)


def _namespace(place: str) -> Any:
    return _file(Path(place)) if extension(place) == ".py" else _module(place)


_RUN: dict[Path, tuple[Any, list[str]]] = {}
"""Files that were run, and `sys.path` as they left it: a file is run once for all that it holds."""


def _file(path: Path) -> Any:
    """Run a Python file as a module, with its folder on the path as Python itself has it."""
    import importlib.util
    from importlib.machinery import SourceFileLoader

    check(path)
    whole = path.resolve()
    if whole in _RUN:
        module, folders = _RUN[whole]
        sys.path[:0] = [folder for folder in folders if folder not in sys.path]
        return module
    loader = SourceFileLoader(path.stem, str(path))  # also of a file whose extension is .PY
    spec = importlib.util.spec_from_file_location(path.stem, path, loader=loader)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(whole.parent))
    sys.modules.setdefault(path.stem, module)
    with raised_as(f"{path} cannot be run"):
        spec.loader.exec_module(module)
    _RUN[whole] = module, [*sys.path]
    return module


def _module(name: str) -> Any:
    sys.path.insert(0, "")
    with raised_as(f"The module '{name}' cannot be imported"):
        return importlib.import_module(name)


def _called(namespace: Any, place: str, call: Call) -> Any:
    """What the factory of that name returns, or what the name holds if it is no factory."""
    from torch import nn

    factory = getattr(namespace, call.name, None)
    if factory is None:
        offered = [k for k, v in vars(namespace).items() if callable(v) and not k.startswith("_")]
        raise UnknownName(f"function in {place}", call.name, offered)
    if isinstance(factory, nn.Module) or not callable(factory):
        return factory
    with raised_as(f"{place}:{call.name} raises"):
        return factory(*call.args, **call.kwargs)


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def _check_initialised(module: nn.Module) -> None:
    """Raises `BadOption` where a class does not call the constructor of `nn.Module`."""
    try:
        for _, part in parts_of(module):
            _ = part._parameters, part._buffers
    except AttributeError as error:
        raise BadOption(
            f"{type(module).__name__} or a module in it is not initialized.",
            why=f"{summary(error)}: its class does not call super().__init__().",
            fix="Call super().__init__() first in its __init__ method.",
        ) from error
