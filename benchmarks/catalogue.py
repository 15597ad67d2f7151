"""Every model that torchvision, timm and transformers can construct here: failures and totals.

    python benchmarks/catalogue.py [torchvision|timm|transformers] ...

A model fails where its forward pass raises on its usual input, or where the trace misses a
parameter. What cannot even be constructed from its defaults is counted apart. Exits 1 where
anything crashes, or a model of torchvision or timm fails; transformers has architectures whose
input no default tells.
"""

import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import support.operator_schemas  # noqa: F401

from mobilecalc.core.errors import MobilecalcError, Untraceable
from mobilecalc.modules.loading.load import load

PATIENCE = 60
"""Seconds for a model: one that is run on the CPU may be large."""

MEMORY = 12 << 30
"""Bytes: some models fall back to the CPU, and some of those are larger than this machine."""

MUST_HOLD = ("torchvision", "timm")


class GivenUp(BaseException):
    """Patience is at its end; not an `Exception`, so that nothing on the way takes it for one."""


def names(library: str) -> Iterator[str]:
    """The names of a library's models."""
    match library:
        case "torchvision":
            from torchvision import models

            detectors = models.list_models(module=models.detection)
            quantized = models.list_models(module=models.quantization)
            flow = models.list_models(module=models.optical_flow)
            yield from sorted({*models.list_models()} - {*detectors, *quantized, *flow})
        case "timm":
            import timm

            yield from timm.list_models()
        case _:
            from transformers import CONFIG_MAPPING, MODEL_MAPPING

            kinds = (CONFIG_MAPPING[name] for name in CONFIG_MAPPING)
            yield from dict.fromkeys(kind.__name__ for kind in kinds if kind in MODEL_MAPPING)


def outcome(name: str) -> tuple[str, str]:
    """What became of a model, in a word, and more."""
    signal.alarm(PATIENCE)
    try:
        model = load(name)
        profile = model.profile()
    except GivenUp:
        return "given up", f"it takes more than {PATIENCE} s"
    except Untraceable as error:
        return "failed", str(error).replace("\n", " ")
    except MobilecalcError as error:
        return "not constructed", str(error).replace("\n", " ")
    except Exception as error:  # ours to fix, whatever the model is
        return "crashed", f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    if profile.parameters != sum(p.numel() for p in model.module.parameters()):
        return "failed", "parameters are missing"
    if not profile.macs:
        return "failed", "no multiply-accumulates"
    uncounted = Counter(row.path.rpartition(".")[2] for row in profile.uncounted)
    more = f"uncounted: {dict(uncounted)}" if uncounted else ""
    on_cpu = any("was run on the CPU" in note for note in profile.notes)
    return ("on the CPU" if on_cpu else "on meta"), more


def _give_up(*_: object) -> None:
    raise GivenUp


def main(libraries: list[str]) -> int:
    """Print a line for each model that is not plainly counted, and the totals."""
    signal.signal(signal.SIGALRM, _give_up)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    console, bad = Console(highlight=False, soft_wrap=True), 0
    for library in libraries:
        start, totals = time.perf_counter(), Counter[str]()
        for name in names(library):
            what, more = outcome(f"{library}:{name}")
            totals[what] += 1
            if what != "on meta" or more:
                console.print(f"{library}:{name}: {what}. {more[:300]}", markup=False)
        taken = time.perf_counter() - start
        listed = ", ".join(f"{n} {what}" for what, n in totals.most_common())
        console.print(f"{library}: {totals.total()} models in {taken:.0f} s: {listed}.")
        bad += totals["crashed"] + totals["failed"] * (library in MUST_HOLD)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [*MUST_HOLD, "transformers"]))
