"""The settings every network of the zoo takes, checked."""

from __future__ import annotations

from typing import NamedTuple

from mobilecalc.core.checks import positive, whole
from mobilecalc.core.errors import BadOption
from mobilecalc.core.shape import Shape

BASE_RESOLUTION = 224
"""The side of the input at rho = 1 (arXiv:1704.04861, section 3.4)."""


WIDEST = 100.0
LARGEST_SIDE = 100_000
"""Limits far beyond any use, so that a slip of the finger is told and not computed."""


class Settings(NamedTuple):
    """alpha (width multiplier), resolution (pixels a side), classes, input channels."""

    alpha: float = 1.0
    resolution: int = BASE_RESOLUTION
    classes: int = 1000
    channels: int = 3
    notes: tuple[str, ...] = ()

    @property
    def rho(self) -> float:
        """The resolution multiplier: resolution / 224."""
        return self.resolution / BASE_RESOLUTION

    @property
    def input(self) -> Shape:
        """The shape of one input sample."""
        return Shape(self.channels, self.resolution, self.resolution)

    def __str__(self) -> str:
        return f"alpha {self.alpha:g}, input {self.input}, {self.classes} classes"


DEFAULT_SETTINGS = Settings()


def settings(
    *,
    alpha: float = 1.0,
    resolution: int | None = None,
    rho: float | None = None,
    classes: int = 1000,
    channels: int = 3,
) -> Settings:
    """Settings from what a user gives: `resolution` or `rho`, not both.

    rho is turned into the nearest whole number of pixels, and a note says so where it is not
    one already. Raises `BadOption` for a value that no network can have.
    """
    if resolution is not None and rho is not None:
        raise BadOption(
            "--resolution and --rho were both given.",
            why=f"Each sets the input size (resolution = rho x {BASE_RESOLUTION}).",
            mend="Leave one of them out.",
        )
    notes: tuple[str, ...] = ()
    if rho is not None:
        resolution, notes = _pixels(rho)
    return Settings(
        alpha=positive("--alpha", alpha, "the width multiplier", 0.5, WIDEST),
        resolution=BASE_RESOLUTION
        if resolution is None
        else whole("--resolution", resolution, "the input's pixels a side", 192, LARGEST_SIDE),
        classes=whole("--classes", classes, "the number of classes", 1000),
        channels=whole("--channels", channels, "the number of input channels", 3),
        notes=notes,
    )


def _pixels(rho: float) -> tuple[int, tuple[str, ...]]:
    exact = (
        positive("--rho", rho, "the resolution multiplier", 0.857, LARGEST_SIDE / BASE_RESOLUTION)
        * BASE_RESOLUTION
    )
    pixels = max(1, round(exact))
    if pixels == exact:
        return pixels, ()
    note = (
        f"rho {rho:g} of {BASE_RESOLUTION} is {exact:g} pixels; the nearest whole number,"
        f" {pixels}, was taken (rho = {pixels / BASE_RESOLUTION:.6g})."
    )
    return pixels, (note,)
