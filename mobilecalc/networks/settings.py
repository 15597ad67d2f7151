"""The settings every network of the zoo takes, checked."""

from __future__ import annotations

from typing import Any, NamedTuple

from mobilecalc.core.checks import positive, whole
from mobilecalc.core.errors import BadOption
from mobilecalc.core.rounding import nearest_pixels
from mobilecalc.core.shape import Shape

BASE_RESOLUTION = 224
"""The side of the input at rho = 1 (arXiv:1704.04861, section 3.4)."""

BASE_CLASSES = 1000
"""Of ImageNet."""

WIDEST = 100.0
LARGEST_SIDE = 100_000
LARGEST_RHO = 8.0
"""Limits far beyond any use, so that a slip of the finger is told and not computed."""

_LEAST_SIDE = 32
"""From here on a whole number that is given for rho is meant as pixels."""


class Settings(NamedTuple):
    """alpha (width multiplier), resolution (pixels a side), classes, input channels.

    Without a resolution it is the network's own, times `scale` where one was asked for; without
    classes they are its own too.
    """

    alpha: float = 1.0
    resolution: int | None = None
    classes: int | None = None
    channels: int = 3
    scale: float | None = None
    notes: tuple[str, ...] = ()

    def resolved(self, resolution: int, classes: int) -> Settings:
        """With a resolution and classes: those of the network's authors where none were given."""
        known = self if self.classes is not None else self._replace(classes=classes)
        if self.resolution is not None:
            return known
        pixels, notes = (resolution, ()) if self.scale is None else _pixels(self.scale, resolution)
        return known._replace(resolution=pixels, notes=notes)

    @property
    def given(self) -> tuple[str, ...]:
        """The arguments that set what is not as it is without any."""
        arguments = {"alpha": "alpha", "resolution": "resolution", "scale": "rho"}
        arguments |= {"classes": "classes", "channels": "channels"}
        return tuple(
            argument
            for name, argument in arguments.items()
            if getattr(self, name) != getattr(DEFAULT_SETTINGS, name)
        )

    @property
    def input(self) -> Shape:
        """The shape of one input sample."""
        side = BASE_RESOLUTION if self.resolution is None else self.resolution
        return Shape(self.channels, side, side)

    def __str__(self) -> str:
        alpha = f"{self.alpha:g}" if isinstance(self.alpha, int | float) else self.alpha
        return f"alpha {alpha}, input {self.input}, {self.classes} classes"


DEFAULT_SETTINGS = Settings()


def settings(
    *,
    alpha: float = 1.0,
    resolution: int | None = None,
    rho: float | None = None,
    classes: int | None = None,
    channels: int = 3,
) -> Settings:
    """Settings from what a user gives: `resolution` or `rho`, not both.

    rho is a fraction of the network's own resolution, turned into the nearest whole number of
    pixels, and a note says so where it is not one already. Raises `BadOption` for a value that
    no network can have.
    """
    if resolution is not None and rho is not None:
        raise BadOption(
            "resolution and rho were both given.",
            why="Each sets the input size (resolution = rho x the network's own).",
            fix="Leave one of them out.",
            arguments=["resolution", "rho"],
        )
    return Settings(
        alpha=positive("alpha", alpha, "the width multiplier", 0.5, WIDEST),
        resolution=None
        if resolution is None
        else whole("resolution", resolution, "the input's pixels a side", 192, LARGEST_SIDE),
        classes=None
        if classes is None
        else whole("classes", classes, "the number of classes", 1000),
        channels=whole("channels", channels, "the number of input channels", 3),
        scale=None if rho is None else multiplier(rho),
    )


def multiplier(rho: Any) -> float:
    """The resolution multiplier, checked. Raises `BadOption`, which tells it from a resolution."""
    try:
        return positive("rho", rho, "the resolution multiplier", 0.857, LARGEST_RHO)
    except BadOption as error:
        pixels = float(rho) if isinstance(rho, int | float) and abs(rho) < LARGEST_SIDE else 0.0
        if pixels < _LEAST_SIDE or pixels != int(pixels):
            raise
        fix = f"Did you mean resolution={int(pixels)}?"
        raise BadOption(
            error.what, why=error.why, fix=fix, arguments=["rho", "resolution"]
        ) from None


def _pixels(rho: float, own: int) -> tuple[int, tuple[str, ...]]:
    exact = rho * own
    pixels = nearest_pixels(own, rho)
    if pixels == exact:
        return pixels, ()
    note = (
        f"rho {rho:g} of {own} is {exact:g} pixels; the nearest whole number,"
        f" {pixels}, was taken (rho = {pixels / own:.6g})."
    )
    return pixels, (note,)
