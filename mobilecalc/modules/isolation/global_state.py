"""What belongs to the process and not to a module, put back after another's code has run.

torch's flags, types and hooks on all modules; random generators; the working directory, the
environment, import paths and log levels.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

_Setting = tuple[Callable[[], Any], Callable[[Any], Any]]

_NOT_FLAGS = {"dispatch_mode", "thread_name", "torch_function_state", "tracing_state"}
"""What torch has a getter and a setter for, and that is not a flag of the process."""

_OF_PRECISION = {"cublas_allow_tf32", "onednn_allow_tf32"}
"""What `float32_matmul_precision` sets: torch refuses to have both set."""


@contextmanager
def process_restored() -> Iterator[None]:
    """Give the process the settings back that it has now, also after an exception.

    If torch is imported meanwhile, its settings become those that it has at first.
    """
    before, had_torch = [], "torch" in sys.modules
    for get, put in _settings():
        with suppress(RuntimeError):  # torch's flags of precision, set in two ways, are not read
            before.append((get, put, get()))
    try:
        yield
    finally:
        for get, put, old in before:
            if not _same(get(), old):
                put(old)
        if not had_torch and "torch" in sys.modules:
            _reset_torch()


def _same(now: Any, old: Any) -> bool:
    """Whether a setting is what it was; arrays in it (of random states) have no truth value."""
    if type(now) is not type(old):
        return False
    if isinstance(now, tuple):
        with suppress(ValueError, RuntimeError):  # an array or a tensor in it was compared
            return bool(now == old)
        return len(now) == len(old) and all(map(_same, now, old))
    if hasattr(now, "untyped_storage"):
        return bool(now.equal(old))
    same = now == old
    return bool(same.all() if hasattr(same, "all") else same)


def _settings() -> tuple[_Setting, ...]:
    """How each is read and written; those of torch and numpy only if they are there."""
    return (
        *(_of_torch() if "torch" in sys.modules else ()),
        *_of_python(),
        *(_of_numpy() if "numpy" in sys.modules else ()),
    )


def _reset_torch() -> None:
    import torch

    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.use_deterministic_algorithms(False)
    torch.set_grad_enabled(True)


@lru_cache(maxsize=1)
def _of_torch() -> tuple[_Setting, ...]:
    import torch
    from torch.backends import mha

    return (
        *_flags(),
        (torch.get_default_dtype, torch.set_default_dtype),
        (_default_device, _set_default_device),
        (torch.is_deterministic_algorithms_warn_only_enabled, _set_warn_only),
        (torch.get_num_threads, torch.set_num_threads),
        (torch.is_grad_enabled, torch._C._set_grad_enabled),
        (_anomaly, lambda old: torch.set_anomaly_enabled(*old)),
        (_autocast, _set_autocast),
        (mha.get_fastpath_enabled, mha.set_fastpath_enabled),
        (torch.get_rng_state, torch.set_rng_state),
        (_cuda_seeds, _set_cuda_seeds),
        (_hooks, _set_hooks),
        (_print_options, lambda old: vars(_printer()).update(old)),
    )


def _flags() -> Iterator[_Setting]:
    """Each flag of torch that can be read and written: cudnn's, mkldnn's, precision, ..."""
    import torch

    namespace = vars(torch._C)
    for name, get in sorted(namespace.items()):
        if name.startswith("_get_") and name[5:] not in _NOT_FLAGS | _OF_PRECISION:
            put = namespace.get(f"_set_{name[5:]}")
            if put is None and name.endswith("_sdp_enabled"):
                put = namespace.get(f"_set_sdp_use_{name[5:].removesuffix('_sdp_enabled')}")
            if put is not None:
                with suppress(Exception):  # it takes arguments, or is not in this build of torch
                    get()
                    yield get, put
    yield torch._C._is_multithreading_enabled, torch._C._set_multithreading_enabled


def _default_device() -> Any:
    import torch

    context = getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)
    return None if context is None else context.device


def _set_default_device(old: Any) -> None:
    import torch

    torch.set_default_device(old)


def _set_warn_only(old: bool) -> None:
    import torch

    torch._C._set_deterministic_algorithms(torch._C._get_deterministic_algorithms(), warn_only=old)


def _anomaly() -> tuple[bool, bool]:
    import torch

    return torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()


def _autocast() -> tuple[Any, ...]:
    import torch

    kinds = ("cpu", "cuda")
    return (
        torch.is_autocast_cache_enabled(),
        *(
            (kind, torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind))
            for kind in kinds
        ),
    )


def _set_autocast(old: tuple[Any, ...]) -> None:
    import torch

    cached, *kinds = old
    torch.set_autocast_cache_enabled(cached)
    for kind, enabled, dtype in kinds:
        torch.set_autocast_enabled(kind, enabled)
        torch.set_autocast_dtype(kind, dtype)


def _cuda_seeds() -> tuple[Any, ...]:
    import torch

    initialized: bool = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return tuple(torch.cuda.get_rng_state_all()) if initialized else ()


def _set_cuda_seeds(old: tuple[Any, ...]) -> None:
    import torch

    if old:
        torch.cuda.set_rng_state_all(list(old))


@lru_cache(maxsize=1)
def _global_hooks() -> list[Any]:
    from torch.nn.modules import module

    return [
        value
        for name, value in vars(module).items()
        if name.startswith("_global_") and isinstance(value, dict)
    ]


def _hooks() -> tuple[Any, ...]:
    return tuple(tuple(hooks.items()) for hooks in _global_hooks())


def _set_hooks(old: tuple[Any, ...]) -> None:
    for hooks, items in zip(_global_hooks(), old, strict=True):
        hooks.clear()
        hooks.update(items)


def _printer() -> Any:
    from torch import _tensor_str

    return _tensor_str.PRINT_OPTS


def _print_options() -> dict[str, Any]:
    return dict(vars(_printer()))


@lru_cache(maxsize=1)
def _of_python() -> tuple[_Setting, ...]:
    import random

    return (
        (random.getstate, random.setstate),
        (_folder, _set_folder),
        (_environment, _set_environment),
        (lambda: tuple(sys.path), lambda old: sys.path.__setitem__(slice(None), old)),
        (lambda: tuple(sys.argv), lambda old: sys.argv.__setitem__(slice(None), old)),
        (sys.getrecursionlimit, sys.setrecursionlimit),
        (_log_levels, _set_log_levels),
        (_log_handlers, _set_log_handlers),
    )


def _folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  (a path would cost ten times as much)
    except OSError:  # it was deleted
        return ""


def _set_folder(old: str) -> None:
    if old:
        os.chdir(old)


def _environment() -> dict[Any, Any]:
    """As bytes, which is how they are kept: to decode each takes longer than all the rest."""
    return dict(vars(os.environ)["_data"])


def _set_environment(old: dict[Any, Any]) -> None:
    before = {os.fsdecode(name): os.fsdecode(value) for name, value in old.items()}
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)


def _log_levels() -> dict[Any, tuple[int, bool]]:
    import logging

    known = list(logging.root.manager.loggerDict.values())
    loggers = [logging.root, *(known for known in known if isinstance(known, logging.Logger))]
    return {logger: (logger.level, logger.disabled) for logger in loggers}


def _set_log_levels(old: dict[Any, tuple[int, bool]]) -> None:
    for logger, (level, disabled) in old.items():
        if (logger.level, logger.disabled) != (level, disabled):
            logger.setLevel(level)
            logger.disabled = disabled


def _log_handlers() -> tuple[Any, ...]:
    import logging

    return tuple(logging.root.handlers)


def _set_log_handlers(old: tuple[Any, ...]) -> None:
    import logging

    logging.root.handlers[:] = old


def _of_numpy() -> tuple[_Setting, ...]:
    numpy = sys.modules["numpy"]
    return (
        (_numpy_seeds, _set_numpy_seeds),
        (numpy.geterr, lambda old: numpy.seterr(**old)),
    )


def _numpy_seeds() -> tuple[Any, ...]:
    kind, keys, *rest = sys.modules["numpy"].random.get_state()
    return kind, keys.tobytes(), *rest  # which are compared at once


def _set_numpy_seeds(old: tuple[Any, ...]) -> None:
    numpy = sys.modules["numpy"]
    kind, keys, *rest = old
    numpy.random.set_state((kind, numpy.frombuffer(keys, dtype="uint32"), *rest))
