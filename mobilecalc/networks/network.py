"""A network: a description, its settings and the rules that round it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from mobilecalc.core.blocks import Chain
from mobilecalc.core.profile import Profile, with_gradients
from mobilecalc.core.rounding import Rules
from mobilecalc.core.shape import Shape
from mobilecalc.core.walk import INPUT, Walk
from mobilecalc.networks.settings import Settings


@dataclass(frozen=True, repr=False)
class Network:
    """A network of the zoo at one setting. `body` is the description, as plain records.

    With `train` its profile is that of a training step. `sizes` says the settings in words.
    """

    name: str
    title: str
    source: str
    settings: Settings
    rules: Rules
    body: Chain
    train: bool = False
    sizes: str = ""

    def __post_init__(self) -> None:
        if not self.sizes:
            object.__setattr__(self, "sizes", str(self.settings))

    @property
    def input(self) -> Shape:
        """The shape of one input sample."""
        return self.settings.input

    def with_body(self, body: Chain) -> Network:
        """The same with another description."""
        return replace(self, body=body)

    def profile(self) -> Profile:
        """Rows and totals, by formulas alone: no torch."""
        return self._profile

    @cached_property
    def _profile(self) -> Profile:
        walked = Walk(self.rules)
        walked.through(self.body, (self.input, INPUT))
        profile = Profile(
            name=self.name,
            input=self.input,
            rows=tuple(walked.rows),
            sources=tuple(walked.sources),
            origin=f"{self.name}, {self.sizes}",
            notes=(f"One sample: {self.sizes}.", *self.settings.notes),
        )
        return with_gradients(profile) if self.train else profile

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """As a notebook shows it: the table by kind of layer."""
        return self.profile()._repr_mimebundle_()

    def __repr__(self) -> str:
        return f"<Network {self.name}: {self.sizes}>"
