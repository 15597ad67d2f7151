"""Products of matrices, attention and recurrent layers."""

from __future__ import annotations

from math import prod

from mobilecalc.core.ops import (
    Attention,
    Elementwise,
    Linear,
    Move,
    Product,
    Recurrent,
    Reduction,
)
from mobilecalc.core.shape import Shape
from mobilecalc.modules.loading.files.onnx.operators.reading import (
    Meaning,
    Node,
    Reader,
    reads,
)
from mobilecalc.modules.loading.files.onnx.values import Sizes
from mobilecalc.modules.operators.reading import Role, unbatched


def _product(right: int) -> Reader:
    """The reader of a product of input 0 and the input with this index.

    numpy's rules: a vector is a row or a column, and stacks of matrices are broadcast.
    """

    def meaning(node: Node) -> Meaning:
        a, b = node.input(0), node.input(right)
        if not a or not b:
            raise ValueError("a scalar has no product")
        rows = a if len(a) > 1 else (1, *a)
        columns = b[-1] if len(b) > 1 else 1
        meeting = b[-2] if len(b) > 1 else b[0]
        _meet(a[-1], meeting)
        if node.is_stored(right) and len(b) == 2:
            return Meaning(Linear(columns, bias=False), {right: "weights"}, given=a)
        stack = _broadcast(rows[:-2], b[:-2])
        return Meaning(
            Product(columns), {0: "weights", right: "weights"}, given=(*stack, *rows[-2:])
        )

    return meaning


reads("MatMul", "MatMulInteger")(_product(1))
reads("QLinearMatMul")(_product(3))


def _meet(columns: int, rows: int) -> None:
    """Raises `ValueError` if two factors do not fit."""
    if columns != rows:
        raise ValueError(f"{columns} columns do not meet {rows} rows")


def _broadcast(a: Sizes, b: Sizes) -> Sizes:
    """The sizes that two stacks are broadcast to. Raises `ValueError`."""
    longest = max(len(a), len(b))
    pairs = zip((1,) * (longest - len(a)) + a, (1,) * (longest - len(b)) + b, strict=True)
    out = []
    for x, y in pairs:
        if x != y and 1 not in (x, y):
            raise ValueError(f"stacks of {x} and {y} matrices cannot be broadcast")
        out.append(y if x == 1 else x)
    return tuple(out)


def gemm(right: int, bias: int) -> Reader:
    """The reader of A B + C, either of A and B transposed or not; C is broadcast."""

    def meaning(node: Node) -> tuple[Meaning, ...]:
        a, b = node.input(0), node.input(right)
        rows, meeting = reversed(a) if node.attributes.get("transA") else a
        columns, expected = b if node.attributes.get("transB") else reversed(b)
        _meet(meeting, expected)
        given, out = (rows, meeting), (rows, columns)
        if node.is_stored(right):
            roles: dict[int, Role] = {right: "weights", bias: "biases"}
            return (Meaning(Linear(columns, node.has(bias)), roles, given=given),)
        product = Meaning(Product(columns), {0: "weights", right: "weights"}, given=given)
        if not node.has(bias):
            return (product,)
        added = Meaning(Elementwise("add", unbatched(out)), {bias: "biases"}, given=out)
        return product, added

    return meaning


reads("Gemm")(gemm(1, 2))


@reads("AffineGrid")
def _affine_grid(node: Node) -> Meaning:
    """Each place of the grid, with a 1 added, times a matrix: (batch, sides ..., axes)."""
    *places, axes = node.output
    return Meaning(Product(axes), given=(prod(places), axes + 1))


@reads("LSTM", "GRU", "RNN")
def _recurrent(node: Node) -> Meaning:
    """The weights are (directions, gates x hidden, ...). First states are no parameters."""
    directions, _, hidden = node.input(2)
    _, _, features = node.input(0)
    _meet(features, node.input(1)[2])
    op = Recurrent(node.kind.lower(), hidden, 1, directions, node.has(3))
    return Meaning(op, {1: "weights", 2: "weights", 3: "biases", 7: "weights"})


@reads("Attention")
def _attention(node: Node) -> Meaning:
    """(batch, heads, L, E), or (batch, L, heads x E) with the number of heads as an attribute.

    Keys and values of earlier steps come before the new ones. Masks leave the work as it is.
    """
    query, key, value = (node.input(index) for index in (0, 1, 2))
    if len(query) == 3:
        heads, groups = (int(node.attributes[f"{name}_num_heads"]) for name in ("q", "kv"))
        query = (query[0], heads, query[1], query[2] // heads)
        key, value = (
            (batch, groups, length, width // groups) for batch, length, width in (key, value)
        )
    _meet(query[3], key[3])
    earlier = node.input(4)[2] if node.has(4) else 0
    return Meaning(Attention(key[2] + earlier, value[3]), given=query)


@reads("Einsum")
def _einsum(node: Node) -> tuple[Meaning, ...]:
    """Operand by operand from the left, each step a product of matrices.

    A step sums over what neither the output nor a later operand has. Where it sums over nothing
    it is an element-wise product.
    """
    terms, output, lengths = _subscripts(node)
    meanings: list[Meaning] = []
    left, left_index = terms[0], 0
    for index, right in enumerate(terms[1:], 1):
        needed = set(output).union(*terms[index + 1 :])
        roles: dict[int, Role] = {index: "weights"}
        if left_index == 0 and index == 1:
            roles[0] = "weights"
        meanings.append(_step(left, right, needed, lengths)._replace(roles=roles))
        left = "".join(c for c in dict.fromkeys(left + right) if c in needed)
    if len(terms) == 1:
        kept = set(terms[0]) == set(output)
        op = Move("einsum", node.shape) if kept else Reduction("einsum", node.shape)
        meanings.append(Meaning(op))
    return tuple(meanings)


def _step(left: str, right: str, needed: set[str], lengths: dict[str, int]) -> Meaning:
    """The product of two operands, by the letters of their axes.

    A letter that only one operand has and nothing needs is summed over first, in that operand.
    """
    alone = {c for c in set(left) ^ set(right) if c not in needed}
    a, b = (dict.fromkeys(c for c in term if c not in alone) for term in (left, right))
    summed = [c for c in a if c in b and c not in needed]
    columns = prod(lengths[c] for c in b if c not in a)
    rows = prod(lengths[c] for c in a if c not in summed)
    if not summed:
        return Meaning(Elementwise("mul", Shape(rows * columns)))
    return Meaning(Product(columns), given=(rows, prod(lengths[c] for c in summed)))


def _subscripts(node: Node) -> tuple[list[str], str, dict[str, int]]:
    """The letters of each operand's axes and of the output's, and the length of each letter."""
    text = node.text("equation").replace(" ", "")
    before, arrow, output = text.partition("->")
    operands = before.split(",")
    shapes = [node.input(index) for index in range(len(operands))]
    spare = [chr(0x100 + i) for i in range(64)]
    most = max(len(s) - len(t.replace("...", "")) for s, t in zip(shapes, operands, strict=True))
    terms = []
    for term, shape in zip(operands, shapes, strict=True):
        hidden = len(shape) - len(term.replace("...", ""))
        terms.append(term.replace("...", "".join(spare[most - hidden : most])))
    if arrow:
        output = output.replace("...", "".join(spare[:most]) if "..." in before else "")
    else:
        once = sorted(c for c in set(before) if c.isalpha() and before.count(c) == 1)
        output = "".join(spare[: most if "..." in before else 0]) + "".join(once)
    lengths: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for letter, size in zip(term, shape, strict=True):
            if lengths.get(letter, 1) not in (1, size) and size != 1:
                raise ValueError(f"the axis '{letter}' has two lengths")
            lengths[letter] = size if lengths.get(letter, 1) == 1 else lengths[letter]
    return terms, output, lengths
