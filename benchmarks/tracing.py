"""How fast is a trace beside the other counters? Ratios, measured side by side in one process.

    python benchmarks/tracing.py [ROUNDS]

Each round runs every counter on every model in turn, each on the device where it is fastest; a
ratio is a counter's least time over ours: what is above the least is other work's. Then: does the
time grow as the number of operations does, on a ResNet of 1,000 layers and a Llama of 80? Exits 1
where a limit is broken.
"""

import gc
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import support.operator_schemas  # noqa: F401

from mobilecalc import build, describe
from mobilecalc.core.errors import MobilecalcError
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.isolation.interpreter import silenced
from mobilecalc.modules.loading.load import load
from mobilecalc.modules.tracing.trace import trace

CONVOLUTIONAL = ("v1", "v2", "resnet50", "efficientnet_b0", "convnext_tiny")
TRANSFORMER = "vit_b_16"
LEAST_RATIO, LEAST_MEAN, LEAST_ON_TRANSFORMER = 2.0, 3.0, 1.3
GROWTH = 1.5
"""How many times the time an operation a ten times larger network may take."""


def module(name: str, device: str) -> nn.Module:
    """The model on a device, in evaluation mode."""
    if name in ("v1", "v2"):
        return build(describe(name), device=device).eval()
    from torchvision import models

    with torch.device(device):
        return models.get_model(name).eval()


def by_fvcore(net: nn.Module, batch: torch.Tensor) -> None:
    """fvcore, which cannot run on meta."""
    from fvcore.nn import FlopCountAnalysis

    FlopCountAnalysis(net, batch).total()


def by_thop(net: nn.Module, batch: torch.Tensor) -> None:
    """thop."""
    from thop import profile

    profile(net, (batch,), verbose=False)


def by_ptflops(backend: str) -> Callable[[nn.Module, torch.Tensor], None]:
    """Either backend of ptflops."""

    def run(net: nn.Module, batch: torch.Tensor) -> None:
        from ptflops import get_model_complexity_info

        get_model_complexity_info(
            net,
            tuple(batch.shape[1:]),
            input_constructor=lambda _: batch,
            print_per_layer_stat=False,
            as_strings=False,
            verbose=False,
            backend=backend,
        )

    return run


def by_torchinfo(net: nn.Module, batch: torch.Tensor) -> None:
    """torchinfo."""
    from torchinfo import summary

    summary(net, input_data=batch, verbose=0)


def by_torch(net: nn.Module, batch: torch.Tensor) -> None:
    """torch's own counter."""
    with FlopCounterMode(display=False):
        net(batch)


# Called as their users call them, for a total: `mobilecalc.counters` asks for each layer too.
OTHERS = {
    "fvcore": by_fvcore,
    "thop": by_thop,
    "ptflops": by_ptflops("pytorch"),
    "ptflops aten": by_ptflops("aten"),
    "torchinfo": by_torchinfo,
    "torch": by_torch,
}


def seconds(run: Callable[..., object], *args: object) -> float:
    """The time of one call, after one that warms the caches, and without old garbage."""
    gc.collect()
    with torch.no_grad():
        run(*args)
        start = time.perf_counter()
        run(*args)
        return time.perf_counter() - start


def least(name: str, rounds: int) -> dict[str, float]:
    """Of each counter that gives an answer; the faster of its two devices."""
    inputs = Inputs.of((TensorSpec((1, 3, 224, 224)),))
    runs = {("mobilecalc", "meta"): (trace, module(name, "meta"), inputs)}
    for other, count in OTHERS.items():
        for device in ("cpu", "meta"):  # a module each: some leave hooks and buffers in theirs
            batch = torch.zeros(1, 3, 224, 224, device=device)
            runs[other, device] = (count, module(name, device), batch)
    times: dict[tuple[str, str], float] = {}
    for _ in range(rounds):
        for key, run in runs.items():
            try:
                with silenced():
                    taken = seconds(*run)
            except Exception:  # fvcore, on meta
                continue
            times[key] = min(taken, times.get(key, taken))
    fastest: dict[str, float] = {}
    for (other, _), taken in times.items():
        fastest[other] = min(taken, fastest.get(other, taken))
    return fastest


def compared(rounds: int) -> tuple[Table, bool]:
    """The table of ratios, and whether every limit holds."""
    table = Table("Model", "mobilecalc", *OTHERS, "fastest")
    ratios = {}
    for name in (*CONVOLUTIONAL, TRANSFORMER):
        times = least(name, rounds)
        own = times.pop("mobilecalc")
        ratios[name] = min(times.values()) / own
        cells = (f"{times[other] / own:.1f}" if other in times else "-" for other in OTHERS)
        table.add_row(name, f"{own * 1e3:.1f} ms", *cells, f"{ratios[name]:.1f}")
    mean = statistics.geometric_mean(ratios[name] for name in CONVOLUTIONAL)
    table.add_row("geometric mean, convolutional", "", *[""] * len(OTHERS), f"{mean:.1f}")
    good = (
        min(ratios[name] for name in CONVOLUTIONAL) >= LEAST_RATIO
        and mean >= LEAST_MEAN
        and ratios[TRANSFORMER] >= LEAST_ON_TRANSFORMER
    )
    return table, good


def resnet(layers: int) -> nn.Module:
    """A bottleneck ResNet of about so many convolutions."""
    from torchvision.models.resnet import Bottleneck, ResNet

    with torch.device("meta"):
        return ResNet(Bottleneck, [3, 4, (layers - 2) // 3 - 10, 3]).eval()


def growth(rounds: int) -> tuple[Table, bool]:
    """Time an operation, of a network and of a ten times deeper one."""
    llama = "transformers:LlamaConfig(num_hidden_layers={})"
    table = Table("Network", "operations", "time an operation", "over the small one's")
    good = True
    image = Inputs.of((TensorSpec((1, 3, 224, 224)),))
    text = Inputs.of((TensorSpec((1, 128), "int64", "input_ids"),))
    cases = {
        "ResNet": [(n, resnet(n), image) for n in (100, 1000)],
        "Llama": [(n, load(llama.format(n)).module, text) for n in (8, 80)],
    }
    for name, sizes in cases.items():
        first = 0.0
        for layers, net, inputs in sizes:
            rows = len(trace(net, inputs).rows)
            each = min(seconds(trace, net, inputs) for _ in range(rounds)) / rows
            first = first or each
            good &= each / first <= GROWTH
            shown = f"{each * 1e6:.0f} µs", f"{each / first:.2f}"
            table.add_row(f"{name}, {layers} layers", str(rows), *shown)
    return table, good


def main(rounds: int) -> int:
    """Print both tables; 1 where a limit is broken."""
    warnings.simplefilter("ignore")
    tables = (compared(rounds), growth(rounds))
    for table, _ in tables:
        Console(width=110).print(table)
    return int(not all(good for _, good in tables))


if __name__ == "__main__":
    try:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 9))
    except MobilecalcError as error:
        sys.exit(str(error))
