"""`make_net(width=0.5)`: a call in a model's name, read and not evaluated."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from mobilecalc.core.errors import BadOption


class Call(NamedTuple):
    """A name, and literal arguments."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = MappingProxyType({})

    @staticmethod
    def parse(text: str, whole: str) -> Call:
        """A name, or a call of it with literals. `whole` is what the user wrote.

        Raises `BadOption`.
        """
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
                fix="For example: net.py:make_net(width=0.5)",
            ) from None
        return Call(ast.unparse(node.func), args, kwargs)
