"""A model by its name: from where it says that it comes, with the inputs that it is given."""

from __future__ import annotations

from collections.abc import Sequence

from mobilecalc.core.blocks import Chain
from mobilecalc.core.errors import BadOption
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.isolation.foreign_code import contained, raised_as
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.modules.loading.model import LoadedModel, Model
from mobilecalc.modules.loading.sources import PYTHON, is_python_call, source_of
from mobilecalc.modules.tracing.trace import check_device
from mobilecalc.networks import Settings, own


def load(
    name: str,
    inputs: Sequence[str] = (),
    *,
    train: bool = False,
    device: str = "meta",
) -> LoadedModel:
    """The module of that name, and its inputs: those given, else what its source says.

    A Python file or module is imported, and its factory called. Raises `MobilecalcError`s that
    say what is missing or wrong.
    """
    made = model(name, inputs, train=train, device=device)
    if not isinstance(made, LoadedModel):
        raise BadOption(
            f"{name} is a description, and no torch.nn.Module.",
            fix="In Python: mobilecalc.build(mobilecalc.describe(...)) makes one of it.",
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
    """What a name stands for that is not of the zoo: a loaded model, or one's own description.

    settings: the sizes that were given, of which a description takes the input's. alone: they
    were given for no network of the zoo. Raises what `load` raises, and `BadOption` for sizes
    that this model alone was given and does not take, and for inputs of a description.
    """
    check_device(device)
    with contained():
        found = _find(name)
        if isinstance(found, Chain):
            if alone and (inputs or device != "meta"):
                raise BadOption(
                    f"{name} is a description: it takes no --input and runs on no --device.",
                    fix="Its input is set by --resolution and --channels.",
                )
            return _described(found, name, settings or Settings(), alone=alone, train=train)
        if settings is not None and alone:
            raise _no_sizes(name, settings)
        return LoadedModel(name, found, _inputs(inputs, found), train, device)


def _find(name: str) -> Definition | Chain:
    """What its source makes of it; of a word, Python says that it is half a name."""
    return (source_of(name) or PYTHON).find(name)


def _described(chain: Chain, name: str, sizes: Settings, *, alone: bool, train: bool) -> Model:
    """One's own description; beside networks of the zoo, width and classes are for them only."""
    if not alone:
        sizes = sizes._replace(alpha=Settings().alpha, classes=Settings().classes)
    return own(chain, sizes, name, train=train)


def _no_sizes(name: str, settings: Settings) -> BadOption:
    verb = "size" if len(settings.given) > 1 else "sizes"
    return BadOption(
        f"{' and '.join(settings.given)} {verb} a network of the zoo or a description, and"
        f" {name} is a module.",
        fix="Give a factory its arguments: net.py:make_net(width=0.5), and --input the size.",
        arguments=settings.given,
    )


def _inputs(given: Sequence[str], found: Definition) -> Inputs:
    """The tensors that were described, or what a function returns; else what the source says."""
    if not given:
        return found.usual_inputs().of_type_of(found.module)
    if len(given) == 1 and is_python_call(given[0]):
        from mobilecalc.modules.loading.sources.python import result_of

        with raised_as(f"--input {given[0]} does not return inputs"):
            return Inputs.returned(result_of(given[0]), given[0])
    if functions := [text for text in given if is_python_call(text)]:
        raise BadOption(
            f"--input {functions[0]} stands beside another --input.",
            why="A function returns all the inputs.",
            fix=f"Leave the others out: --input {functions[0]}",
        )
    return Inputs.of(tuple(TensorSpec.parse(text) for text in given))
