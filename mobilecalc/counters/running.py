"""Running a counter, so that it disturbs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobilecalc.core.errors import BadOption, MissingPackage
from mobilecalc.counters.counter import Counter, Reading

if TYPE_CHECKING:
    from torch import nn

    from mobilecalc.modules.inputs import Inputs


def read(counter: Counter, module: nn.Module, inputs: Inputs) -> Reading:
    """Run a counter on a module and its inputs, in evaluation mode, silently.

    The fused path of nn.MultiheadAttention, for which most have no rule, is switched off.

    The module is left as it was. A library that breaks gives a reading without a total that
    says why. Raises `MissingPackage` where the library is not installed, `BadOption` where it
    can only be predicted.
    """
    if counter.run is None:
        raise BadOption(
            f"{counter.name} is not run.",
            why="mobilecalc knows its convention, and predicts what it would say.",
            fix="Try: mobilecalc explain MODEL --predict",
        )
    from mobilecalc.modules.isolation.global_state import process_restored
    from mobilecalc.modules.isolation.interpreter import silenced
    from mobilecalc.modules.isolation.parts import parts_of
    from mobilecalc.modules.isolation.snapshot import restored
    from mobilecalc.modules.isolation.torch_patches import attention_unfused, torch_unpatched

    try:
        import torch

        with (
            process_restored(),
            restored(parts_of(module)),
            torch_unpatched(),
            attention_unfused(),
            silenced(),
            torch.no_grad(),
        ):
            reading = counter.run(module.eval(), inputs.single())
    except ImportError as error:
        raise MissingPackage(counter.packages, f"The counter {counter.name}", error) from error
    except (Exception, SystemExit) as error:
        return Reading(None, version=counter.version, failure=f"{type(error).__name__}: {error}")
    return reading._replace(version=counter.version)
