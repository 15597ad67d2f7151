"""A network without rounding, over the symbols alpha and rho."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.core.blocks import Chain
from mobilecalc.core.errors import MissingPackage, UnknownName
from mobilecalc.core.profile import Profile
from mobilecalc.core.rounding import Rules
from mobilecalc.networks import Settings, describe
from mobilecalc.networks.network import Network
from mobilecalc.networks.rewrites import rescaled
from mobilecalc.networks.settings import BASE_RESOLUTION


class Symbols(NamedTuple):
    """sympy's alpha and rho, both positive."""

    alpha: Any
    rho: Any


def sympy_module() -> Any:
    """sympy. Raises `MissingPackage` without it."""
    try:
        import sympy
    except ImportError as error:
        raise MissingPackage(["sympy"], "A formula in symbols", error) from error
    return sympy


def alpha_and_rho() -> Symbols:
    """alpha and rho. Raises `MissingPackage` without sympy."""
    return Symbols(*sympy_module().symbols("alpha rho", positive=True))


class Unrounded(NamedTuple):
    """A network's profile over symbols: which they are, and the resolution at rho = 1."""

    profile: Profile
    resolution: int
    symbols: tuple[str, ...]
    footnotes: tuple[Footnote, ...]

    @property
    def title(self) -> str:
        """What a table of it is called."""
        return f"{self.profile.name} in {' and '.join(self.symbols)}"


def unrounded(network: Network) -> Unrounded:
    """A network of the zoo over alpha and rho, also one that was edited; one's own over rho.

    An edited layer keeps its numbers, as nothing says how it scales, and so do all layers of one's
    own. Raises `BadShape` where the network does not fit together.
    """
    network.profile()  # which raises it with numbers, not with symbols
    original = _original(network)
    if original is None:
        return _own(network)
    own, given = describe(network.name).settings, network.settings
    resolution = own.resolution or BASE_RESOLUTION
    alpha, rho = alpha_and_rho()
    rules = network.rules.exact(given.alpha)
    at = Settings(alpha, resolution * rho, given.classes, given.channels)
    over = describe(network.name, at, rules)
    if network.body != original.body:
        over = _edited(network, original, over)
    kept = _head_note(network, original)
    widths, classes = "every width is alpha times its own", f"; {given.classes} classes"
    if network.body != original.body:
        widths += " (one that was edited is a number: nothing says how it scales)"
        classes = ""
    sides = (
        f"The unrounded network: {widths}, every side rho times, and a stride divides it. rho = 1"
        f" is {own.resolution} pixels{classes}."
    )
    notes = tuple(footnote("setting", note) for note in (sides, *kept))
    return Unrounded(over.profile(), resolution, ("alpha", "rho"), notes)


def _original(network: Network) -> Network | None:
    """The network of the zoo that it is, or was before it was edited; None for one's own."""
    if network.source:
        with suppress(UnknownName):
            return describe(network.name, network.settings, network.rules)
    return None


def _own(network: Network) -> Unrounded:
    given = network.settings
    resolution = given.resolution if given.scale is None else None
    resolution = resolution or BASE_RESOLUTION
    side: Any = resolution * alpha_and_rho().rho
    over = replace(
        network,
        settings=given._replace(resolution=side),
        rules=network.rules.exact(given.alpha).with_whole_sides,
        train=False,
    )
    note = (
        "In rho alone: the widths are the description's own numbers, as nothing says how they"
        f" scale with alpha. rho = 1 is {resolution} pixels. The form is exact for inputs whose"
        " sides the strides divide."
    )
    return Unrounded(over.profile(), resolution, ("rho",), (footnote("setting", note),))


def _edited(network: Network, original: Network, over: Network) -> Network:
    """The edited network over the symbols."""
    return replace(
        over,
        body=rescaled(network.body, original.body, over.body),
        rules=over.rules.with_whole_sides,
    )


def _head_note(network: Network, original: Network) -> tuple[str, ...]:
    """What alpha does to a last convolution that is not always scaled."""
    if not _keeps_a_width(network, original):
        return ()
    if network.settings.alpha <= 1:
        return ("For alpha up to 1: the last convolution is never made narrower.",)
    if network.rules.keeps_head(2.0):
        return ("The last convolution keeps its width at every alpha.",)
    return ("For alpha from 1 on: below, the last convolution is never made narrower.",)


def _keeps_a_width(network: Network, original: Network) -> bool:
    """Whether a last convolution is never made narrower, and was not edited."""
    if not network.rules.keeps_head(0.5):
        return False
    exact = network.rules.exact(0.5)

    def at_half(rules: Rules) -> Chain:
        half = describe(network.name, network.settings._replace(alpha=0.5), rules)
        return rescaled(network.body, original.body, half.body)

    return at_half(exact) != at_half(exact._replace(head="scaled"))
