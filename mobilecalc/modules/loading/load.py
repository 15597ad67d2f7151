"""A model by where it comes from: a library, a Python file or module, a saved program."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from mobilecalc.core.blocks import Chain
from mobilecalc.core.errors import BadOption, UnknownName
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.isolation.contained import contained, offline, said, told
from mobilecalc.modules.isolation.running import parts_of, silenced
from mobilecalc.modules.loading import files
from mobilecalc.modules.loading.found import Found
from mobilecalc.modules.loading.loaded import Loaded
from mobilecalc.modules.loading.model import Model
from mobilecalc.modules.loading.names import extension, is_python_call, origin
from mobilecalc.modules.loading.sources import SOURCES
from mobilecalc.modules.loading.sources.arguments import check_arguments
from mobilecalc.modules.tracing.trace import ATTEMPTS
from mobilecalc.networks import Settings, own

if TYPE_CHECKING:
    from torch import nn

EXAMPLES = "v1, torchvision:resnet50, timm:mobilenetv3_large_100, net.py:make_net(width=0.5)"


class Call(NamedTuple):
    """`make_net(width=0.5)`: a name, and literal arguments."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = MappingProxyType({})


def load(
    name: str,
    inputs: Sequence[str] = (),
    *,
    train: bool = False,
    device: str = "meta",
) -> Loaded:
    """The module of that name, and its inputs: those given, else what its source says.

    A Python file or module is imported, and its factory called. Raises `MobilecalcError`s that
    say what is missing or wrong.
    """
    made = model(name, inputs, train=train, device=device)
    if not isinstance(made, Loaded):
        raise BadOption(
            f"{name} is a description, and no torch.nn.Module.",
            mend="In Python: mobilecalc.build(mobilecalc.describe(...)) makes one of it.",
        )
    return made


def model(
    name: str,
    inputs: Sequence[str] = (),
    settings: Settings | None = None,
    *,
    alone: bool = True,
    train: bool = False,
    device: str = "meta",
) -> Model:
    """What a name stands for that is not of the zoo: a loaded module, or one's own description.

    settings: the sizes that were given, of which a description takes the input's. alone: they
    were given for no network of the zoo. Raises what `load` raises, and `BadOption` for sizes
    that this model alone was given and does not take, and for inputs of a description.
    """
    if device not in ATTEMPTS:
        raise UnknownName("device", device, ATTEMPTS)
    with contained():
        return _model(name, inputs, settings, alone, train, device)


def _model(
    name: str,
    inputs: Sequence[str],
    settings: Settings | None,
    alone: bool,
    train: bool,
    device: str,
) -> Model:
    found = _found(name)
    if found.body is not None:
        if alone and (inputs or device != "meta"):
            raise BadOption(
                f"{name} is a description: it takes no --input and runs on no --device.",
                mend="Its input is set by --resolution and --channels.",
            )
        sizes = settings or Settings()
        if not alone:
            sizes = sizes._replace(alpha=Settings().alpha, classes=Settings().classes)
        return own(found.body, sizes, name, train=train)
    if settings is not None and alone:
        verb = "size" if len(settings.given) > 1 else "sizes"
        raise BadOption(
            f"{' and '.join(settings.given)} {verb} a network of the zoo or a description, and"
            f" {name} is a module.",
            mend="Give a factory its arguments: net.py:make_net(width=0.5), and --input the size.",
            arguments=settings.given,
        )
    return Loaded(name, found, _inputs(inputs, found), train, device)


def _inputs(given: Sequence[str], found: Found) -> Inputs:
    """The tensors that were described, or what a function returns; else what the source says."""
    if not given:
        return found.inputs().of_type_of(found.module)
    if len(given) == 1 and is_python_call(given[0]):
        place, call = _place_and_call(given[0])
        with told(f"--input {given[0]} does not return inputs"):
            return Inputs.returned(_called(_namespace(place), place, call), given[0])
    if functions := [text for text in given if is_python_call(text)]:
        raise BadOption(
            f"--input {functions[0]} stands beside another --input.",
            why="A function returns all the inputs.",
            mend=f"Leave the others out: --input {functions[0]}",
        )
    return Inputs.of(tuple(TensorSpec.parse(text) for text in given))


def _found(name: str) -> Found:
    match origin(name):
        case "library":
            return _of_library(name)
        case "file":
            with silenced():
                return files.find(Path(name))
        case _:
            place, call = _place_and_call(name)
            return _made(_namespace(place), place, call)


def _of_library(name: str) -> Found:
    prefix, _, rest = name.partition(":")
    call = parse_call(rest, name)
    check_arguments(f"{prefix}:{call.name}", call.args, call.kwargs)
    with told(f"{name} cannot be constructed"), silenced(), offline():
        return SOURCES[prefix](call.name, call.kwargs)


def _place_and_call(name: str) -> tuple[str, Call]:
    """The file or module before the last colon outside of parentheses, and what to call in it."""
    match = re.fullmatch(r"(?P<place>.+?):(?P<call>[^:(]+(\(.*\))?)", name, re.DOTALL)
    if match is None:
        raise BadOption(f"'{name}' does not say what to load.", mend=f"For example: {EXAMPLES}")
    return match["place"], parse_call(match["call"], name)


def _namespace(place: str) -> Any:
    return _file(Path(place)) if extension(place) == ".py" else _module(place)


def parse_call(text: str, whole: str) -> Call:
    """A name, or a call of it with literals. Raises `BadOption`."""
    if "(" not in text:
        return Call(text)
    try:
        node = ast.parse(text.strip(), mode="eval").body
        if not isinstance(node, ast.Call):
            raise ValueError("it is not a call")
        args = tuple(ast.literal_eval(arg) for arg in node.args)
        kwargs = {k.arg: ast.literal_eval(k.value) for k in node.keywords if k.arg}
        if len(kwargs) != len(node.keywords):
            raise ValueError("** is not possible")
    except (SyntaxError, ValueError, RecursionError):
        raise BadOption(
            f"'{whole[:80]}' cannot be read.",
            why="The arguments are literals (numbers, texts, lists, ...).",
            mend="For example: net.py:make_net(width=0.5)",
        ) from None
    return Call(ast.unparse(node.func), args, kwargs)


_RUN: dict[Path, tuple[Any, list[str]]] = {}
"""Files that were run, and `sys.path` as they left it: a file is run once for all that it holds."""


def _file(path: Path) -> Any:
    """Run a Python file as a module, with its folder on the path as Python itself has it."""
    import importlib.util
    from importlib.machinery import SourceFileLoader

    files.check(path)
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
    with told(f"{path} cannot be run"):
        spec.loader.exec_module(module)
    _RUN[whole] = module, [*sys.path]
    return module


def _module(name: str) -> Any:
    sys.path.insert(0, "")
    with told(f"The module '{name}' cannot be imported"):
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
    with told(f"{place}:{call.name} raises"):
        return factory(*call.args, **call.kwargs)


def _made(namespace: Any, place: str, call: Call) -> Found:
    held = getattr(namespace, call.name, None)
    if isinstance(held, Chain):  # torch need not be imported for a description
        return Found(None, Inputs, body=held)

    from torch import nn

    from mobilecalc.modules.loading.construction import constructed

    with told(f"{place}:{call.name} does not return a module"):
        made = constructed(lambda: _called(namespace, place, call))
        if isinstance(made, Chain):
            return Found(None, Inputs, body=made)
        if not isinstance(made, nn.Module):
            raise BadOption(
                f"{place}:{call.name} returns {_article(type(made).__name__)}, which is not a"
                " torch.nn.Module.",
                why="It is not a description (a Chain of mobilecalc.records) either.",
                mend="Name a module, its class, or a function that returns one.",
            )
        _check_initialised(made)
        return Found(made, lambda: Inputs.of((TensorSpec((1, 3, 224, 224)),)))


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
            why=f"{said(error)}: its class does not call super().__init__().",
            mend="Call super().__init__() first in its __init__ method.",
        ) from error
