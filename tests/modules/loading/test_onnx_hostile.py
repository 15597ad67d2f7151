"""ONNX files that are damaged, claim what they do not hold, or have no end."""

import os
import random
import re
import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from support.graphs import Case, stored, value_info

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.loading.load import load

PRODUCT = Case("a product", "y = MatMul(x, w)", {"x": "2x3"}, {"w": "3x4"}, 24, 12)


@pytest.fixture
def saved(tmp_path):
    def save(model):
        file = tmp_path / "net.onnx"
        file.write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
        return str(file)

    return save


def changed(change, case=PRODUCT):
    model = case.model(typed=False)
    change(model)
    return model


def external(model, location="missing.bin", length=None):
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    if length is not None:
        tensor.external_data.add(key="length", value=str(length))


@pytest.mark.parametrize("location", ["missing.bin", "../../../etc/passwd", "/dev/zero", ""])
def test_external_data_is_not_needed_and_never_looked_for(location, saved):
    profile = load(saved(changed(lambda model: external(model, location)))).profile()
    assert (profile.macs, profile.parameters) == (24, 12)


def test_a_tensor_that_claims_external_data_of_any_size_is_only_counted(saved):
    def claim(model):
        external(model)
        model.graph.initializer[0].dims[1] = 10**12

    profile = load(saved(changed(claim))).profile()
    assert (profile.macs, profile.parameters) == (6 * 10**12, 3 * 10**12)


def test_a_tensor_that_claims_more_than_the_file_holds_is_refused(saved):
    def claim(model):
        model.graph.initializer[0].dims[1] = 10**12

    with pytest.raises(BadOption, match="claims 3000000000000 values"):
        load(saved(changed(claim))).profile()


def large(elements):
    weight = onnx.TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[elements // 4, 4])
    model = PRODUCT.model(typed=False)
    del model.graph.initializer[:]
    model.graph.initializer.append(weight)
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = elements // 4
    return model


def sparse(file, elements):
    """A model whose weight is a hole in the file, so that it takes no room on the disk."""

    def field(number, length):
        return bytes(onnx_varint(number << 3 | 2)) + bytes(onnx_varint(length))

    model = large(elements)
    tensor = model.graph.initializer[0].SerializeToString()
    data, size = field(9, 4 * elements), 4 * elements
    del model.graph.initializer[:]
    graph = model.graph.SerializeToString()
    model.ClearField("graph")
    inner = field(5, len(tensor) + len(data) + size) + tensor + data
    head = model.SerializeToString() + field(7, len(graph) + len(inner) + size) + graph + inner
    with file.open("wb") as out:
        out.write(head)
        out.truncate(len(head) + size)


def onnx_varint(value):
    while value > 127:
        yield value & 127 | 128
        value >>= 7
    yield value


def in_bounded_memory(file, megabytes=1024):
    """What counting the file says, in a process of its own, and the memory that it takes more
    than counting a small one."""
    code = (
        "import resource, sys\n"
        "from mobilecalc.modules.loading.load import load\n"
        "from mobilecalc.core.errors import BadOption\n"
        "import torch, onnx\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: said = load(sys.argv[1]).profile().parameters\n"
        "except BadOption as error: said = error.why\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, said)\n"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    grown, _, said = done.stdout.strip().partition(" ")
    return int(grown) * 1024, said, time.monotonic() - started


def test_a_large_file_is_counted_without_reading_its_weights(tmp_path):
    file = tmp_path / "net.onnx"
    sparse(file, 400_000_000)
    grown, said, seconds = in_bounded_memory(file)
    assert said == "400000000"
    assert grown < 2**26
    assert seconds < 20


def test_a_file_beyond_protobuf_s_limit_is_refused_unread(tmp_path):
    file = tmp_path / "net.onnx"
    with file.open("wb") as out:
        out.truncate(6 * 2**30)
    grown, said, _ = in_bounded_memory(file)
    assert "limited to 2 GiB" in said
    assert grown < 2**26


def test_a_file_of_zeros_is_refused_at_once(tmp_path):
    file = tmp_path / "net.onnx"
    with file.open("wb") as out:
        out.truncate(2**30)
    with pytest.raises(BadOption, match="not a protobuf message"):
        load(str(file))


HUGE = {
    "tile": ("y = Tile(x, r)", {"r": [10**12, 10**12]}),
    "expand": ("y = Expand(x, r)", {"r": [10**12, 2, 3]}),
    "constant of shape": ("y = ConstantOfShape(r)", {"r": [10**6, 10**6]}),
    "range": ("y = Range(a, b, a)", {"a": np.int64(1), "b": np.int64(10**15)}),
    "reshape": ("y = Reshape(x, r)", {"r": [10**12, -1]}),
    "pad": ("y = Pad(x, r)", {"r": [0, 0, 10**12, 10**12]}),
    "one-hot": ("i = Cast<to=7>(x)\ny = OneHot(i, d, v)",
                {"d": np.int64(10**15), "v": np.float32([0, 1])}),
    "resize": ('y = Resize(x, "", "", s)', {"s": [10**9, 10**9]}),
    "product": ("z = ConstantOfShape(r)\ny = MatMul(x, z)", {"r": [3, 10**15]}),
    "split": ("a, b = Split<num_outputs=1>(x)", {}),
    "gather": ("y = GatherND<batch_dims=-9>(x, i)", {"i": [[0]]}),
}  # fmt: skip


@pytest.mark.parametrize("name", HUGE)
def test_a_claimed_size_is_never_allocated(name, saved):
    nodes, weights = HUGE[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    file = saved(Case(name, nodes, {"x": "2x3"}, weights).model(typed=False))
    with suppress(BadOption):  # some of the sizes are ones that no tensor has
        assert load(file).profile().parameters == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**16


def test_a_shape_of_a_billion_sizes_makes_no_dimensions(saved):
    case = Case("", "e = Expand(x, s)\ny = MatMul(e, w)", {"x": "1", "s": "int64 1000000000"},
                {"w": "3x4"})  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    profile = load(saved(case.model(typed=False))).profile()
    assert [row.op.name for row in profile.uncounted] == ["MatMul of unknown size"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**16


def test_indices_whose_rank_doubles_at_each_node_are_refused(saved):
    nodes = "\n".join(f"i{n + 1} = Gather(i{n}, i{n})" for n in range(40))
    with pytest.raises(BadOption, match="at most 64 axes"):
        load(saved(Case("", nodes, {"i0": "int64 1x1"}).model(typed=False))).profile()


def doubling(levels):
    """A function that calls one twice that calls one twice ..."""
    bodies = [("my", "F0", ["a"], ["b"], "b = Relu(a)", [])]
    bodies += [
        ("my", f"F{n}", ["a"], ["b"], f"c = my.F{n - 1}(a)\nb = my.F{n - 1}(c)", [])
        for n in range(1, levels)
    ]
    return Case("", f"y = my.F{levels - 1}(x)", {"x": "2x3"}, functions=tuple(bodies),
                domains=("my",))  # fmt: skip


def doubling_branches(levels):
    """Each function calls the one below it in both branches of an If."""
    model = doubling(levels).model(typed=False)
    for n, function in enumerate(model.functions[1:]):
        branches = {
            f"{name}_branch": helper.make_graph(
                [helper.make_node(f"F{n}", ["a"], [name], domain="my")],
                name, [], [value_info(name, "2x3")],
            )
            for name in ("then", "else")
        }  # fmt: skip
        del function.node[:]
        function.node.append(helper.make_node("If", ["a"], ["b"], **branches))
    return model


def nested(levels):
    """An If in a branch of an If ..., each with another branch that only renames."""
    node = helper.make_node("Identity", ["x"], ["p0"])
    for n in range(levels):
        other = helper.make_node("Identity", ["x"], [f"q{n}"])
        branches = {
            f"{name}_branch": helper.make_graph([held], name, [], [value_info(out, "2x3")])
            for name, held, out in (("then", node, f"p{n}"), ("else", other, f"q{n}"))
        }
        node = helper.make_node("If", ["c"], [f"p{n + 1}"], **branches)
    inputs = [value_info("x", "2x3"), value_info("c", "bool")]
    graph = helper.make_graph([node], "g", inputs, [value_info(f"p{levels}", "2x3")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])


ITSELF = ("my", "F", ["a"], ["b"], "b = my.F(a)", [])
EACH = (("my", "F", ["a"], ["b"], "b = my.G(a)", []), ("my", "G", ["a"], ["b"], "b = my.F(a)", []))


def untyped(nodes, inputs, **more):
    return Case("", nodes, inputs, **more).model(typed=False)


REFUSED = {
    "a function that calls itself": (
        untyped("y = my.F(x)", {"x": "2"}, functions=(ITSELF,), domains=("my",)),
        "cannot be unrolled"),
    "functions that call each other": (
        untyped("y = my.F(x)", {"x": "2"}, functions=EACH, domains=("my",)),
        "cannot be unrolled"),
    "functions that double 40 times": (
        doubling(40).model(typed=False), "runs more than 100000 nodes"),
    "functions of branches that double 40 times": (
        doubling_branches(40), "runs more than 100000 nodes"),
    "functions nested 80 deep": (
        untyped("y = my.F79(x)", {"x": "2"}, domains=("my",), functions=(
            ("my", "F0", ["a"], ["b"], "b = Relu(a)", []),
            *(("my", f"F{n}", ["a"], ["b"], f"b = my.F{n - 1}(a)", []) for n in range(1, 80)),
        )), "cannot be unrolled"),
    "a circle": (
        untyped("a = Add(x, b)\nb = Relu(a)", {"x": "2"}), "nothing before makes"),
    "a missing input": (untyped("a = Add(x, z)", {"x": "2"}), "'z' that nothing before"),
    "a tensor made twice": (
        untyped("a = Relu(x)\na = Relu(x)", {"x": "2"}), "two tensors"),
    "an output over an input": (untyped("x = Relu(x)", {"x": "2"}), "two tensors"),
    "a missing output": (
        changed(lambda m: m.graph.output.append(helper.make_empty_tensor_value_info("z"))),
        "'z' that nothing before"),
    "a negative size": (
        changed(lambda m: m.graph.initializer.append(
            onnx.TensorProto(name="n", data_type=1, dims=[-1, 4], raw_data=b""))),
        "no negative size"),
    "a product of sizes over 2^63": (
        changed(lambda m: m.graph.initializer.append(
            onnx.TensorProto(name="n", data_type=1, dims=[2**40, 2**40], raw_data=b""))),
        "at most 64 axes and 2"),
    "an input of 70 axes": (untyped("y = Relu(x)", {"x": "x".join("1" * 70)}), "64 axes"),
    "a constant without a value": (
        changed(lambda m: m.graph.node.add(op_type="Constant", output=["c"])), "has no value"),
    "a loop without inputs": (
        changed(lambda m: m.graph.node.add(op_type="Loop", output=["c"])), "not valid at node 1"),
    "an if without branches": (
        changed(lambda m: m.graph.node.add(op_type="If", input=["x"], output=["c"])),
        "has no graph then_branch"),
    "a scan without its settings": (
        changed(lambda m: m.graph.node.add(op_type="Scan", input=["x"], output=["c"])),
        "not valid at node 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_graph_that_is_not_as_onnx_defines_it_is_refused_for_a_reason(name, saved):
    model, said = REFUSED[name]
    file = saved(model)
    started = time.monotonic()
    with pytest.raises(BadOption, match=said) as caught:
        load(file).profile()
    assert caught.value.fix
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("bomb", [doubling(40).model(typed=False), doubling_branches(40)])
def test_calls_are_counted_before_any_of_them_is_run(bomb, saved):
    loaded = load(saved(bomb))
    started = time.process_time()
    with pytest.raises(BadOption, match="runs more than 100000 nodes"):
        loaded.profile()
    assert time.process_time() - started < 1


def test_functions_that_double_ten_times_are_counted(saved):
    assert len(load(saved(doubling(11).model(typed=False))).profile().rows) == 2**10


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_of_zero_in_the_file_is_open_and_a_warning_says_so(size, saved):
    model = changed(lambda model: setattr(
        model.graph.input[0].type.tensor_type.shape.dim[0], "dim_value", size))  # fmt: skip
    file = saved(model)
    profile = load(file).profile()
    assert profile.macs == 12
    assert profile.warnings == (
        f"The input x has a size of {size} in the file, which is read as open and set to 1."
        " Set it with --input.",
    )
    assert load(file, ["x=5x3"]).profile().warnings == ()


def test_a_named_open_size_needs_no_warning(saved):
    file = saved(Case("", "y = Relu(x)", {"x": "nx3"}).model(typed=False))
    assert load(file).profile().warnings == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda model: model.ClearField("graph"), "It holds no graph"),
        (lambda model: model.ClearField("opset_import"), "It does not say which version"),
        (lambda model: setattr(model.opset_import[0], "version", 999), "pip install -U onnx"),
    ],
)
def test_a_file_that_is_no_model_of_this_onnx_is_refused(change, said, saved):
    with pytest.raises(BadOption, match=said):
        load(saved(changed(change)))


def test_an_empty_file_and_a_text_are_refused(saved):
    for content in (b"", b"import os\n" * 100, b'{"a": 1}', bytes(range(256)) * 100):
        with pytest.raises(BadOption, match="is not an ONNX file"):
            load(saved(content))


@pytest.mark.parametrize("levels", [1, 2, 12])
def test_branches_in_branches_are_counted(levels, saved):
    profile = load(saved(nested(levels))).profile()
    assert profile.uncounted == ()
    assert len(profile.warnings) == levels


def test_a_graph_without_nodes_costs_nothing(saved):
    model = changed(lambda model: model.graph.ClearField("node"))
    model.graph.output[0].name = "x"
    assert load(saved(model)).profile().macs == 0


def test_an_initializer_that_is_an_input_too_is_a_parameter(saved):
    model = changed(lambda model: model.graph.input.append(value_info("w", "3x4")))
    loaded = load(saved(model))
    assert str(loaded.inputs) == "x 2x3 float32"
    assert loaded.profile().parameters == 12


# Inputs.


def test_a_named_open_size_is_the_given_one_everywhere(saved):
    case = Case(
        "", "a = acme.F(x)\ny = MatMul(a, w)", {"x": "nx3"}, {"w": "3x4"}, domains=("acme",)
    )
    model = case.model(typed=False)
    model.graph.value_info.append(value_info("a", "nx3"))
    profile = load(saved(model), ["x=5x3"]).profile()
    assert profile.macs == 5 * 12
    assert [row.op.name for row in profile.uncounted] == ["acme.F"]


def test_a_size_that_the_file_fixes_otherwise_drops_what_it_declares(saved):
    model = Case("", "a = acme.F(x)\ny = MatMul(a, w)", {"x": "2x3"}, {"w": "3x4"},
                 domains=("acme",)).model(typed=False)  # fmt: skip
    model.graph.value_info.append(value_info("a", "2x3"))
    assert load(saved(model)).profile().macs == 24
    assert load(saved(model), ["x=5x3"]).profile().macs == 0


def test_sizes_that_do_not_fit_are_refused(saved):
    file = saved(Case("", "y = Reshape(x, s)", {"x": "2x3"}, {"s": [3, 2]}).model(typed=False))
    with pytest.raises(BadOption, match="does not fit the given input"):
        load(file, ["x=5x3"]).profile()


@pytest.mark.parametrize("given", [["z=2x3"], ["2x3", "2x3"]])
def test_an_input_that_the_graph_has_not_is_refused(given, saved):
    with pytest.raises(BadOption, match=r"no input 'z'|More inputs"):
        load(saved(PRODUCT.model(typed=False)), given).profile()


def test_an_input_whose_name_the_command_line_does_not_take_is_given_by_position(saved):
    model = PRODUCT.model(typed=False)
    model.graph.input[0].name = model.graph.node[0].input[0] = "input.1"
    model.graph.input[0].type.tensor_type.shape.dim[1].ClearField("dim_value")
    with pytest.raises(BadOption) as caught:
        load(saved(model))
    assert caught.value.fix == "Give them: --input 1x3x224x224"
    assert load(saved(model), ["2x3"]).profile().macs == 24


def test_texts_sequences_maps_and_optional_inputs_need_no_description(saved):
    model = PRODUCT.model(typed=False)
    text = helper.make_tensor_type_proto(TensorProto.STRING, ["n"])
    kinds = {
        "t": text,
        "s": helper.make_sequence_type_proto(helper.make_tensor_type_proto(1, [2, 3])),
        "m": helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(1, [2])),
        "o": helper.make_optional_type_proto(helper.make_tensor_type_proto(1, [2, 3])),
    }
    for name, kind in kinds.items():
        model.graph.input.append(helper.make_value_info(name, kind))
    nodes = [
        helper.make_node("SequenceLength", ["s"], ["length"]),
        helper.make_node("OptionalGetElement", ["o"], ["e"]),
        helper.make_node("MatMul", ["e", "w"], ["z"]),
    ]
    model.graph.node.extend(nodes)
    loaded = load(saved(model))
    assert str(loaded.inputs) == "x 2x3 float32"
    profile = loaded.profile()
    assert (profile.macs, profile.parameters, profile.uncounted) == (24 + 24, 12, ())


def test_an_input_that_no_tensor_can_be_is_refused(saved):
    model = changed(lambda model: setattr(
        model.graph.input[0].type.tensor_type.shape.dim[0], "dim_value", 2**62))  # fmt: skip
    with pytest.raises(BadOption, match=re.escape("2^59 elements")):
        load(saved(model))


def test_stored_tensors_that_nothing_uses_are_named(saved):
    model = changed(lambda model: model.graph.initializer.append(stored("spare", "7")))
    profile = load(saved(model)).profile()
    assert profile.parameters == 12
    assert any("as no operation uses them: spare." in note for note in profile.notes)


SEEDS = (
    PRODUCT,
    Case("", "d = DequantizeLinear(w, s)\ny = Conv<pads=[0,0,1,1]>(x, d)", {"x": "1x3x8x8"},
         {"w": "int8 4x3x3x3", "s": np.float32(1)}),
    Case("", "s = Shape(x)\nr = Reshape(x, s)\na, b = Split<axis=1,num_outputs=2>(r)",
         {"x": "2x4"}),
    Case("", "y = my.F(x)", {"x": "2x2"}, domains=("my",),
         functions=(("my", "F", ["a"], ["b"], "b = MatMul(a, a)", []),)),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_counted_or_refused_and_nothing_else(seed, saved):
    choice = random.Random(seed)
    models = [case.model(typed=False).SerializeToString() for case in SEEDS]
    models.append(nested(2).SerializeToString())
    for _ in range(150):
        content = bytearray(choice.choice(models))
        for _ in range(choice.randrange(1, 5)):
            at = choice.randrange(len(content))
            content[at : at + choice.randrange(2)] = bytes([choice.randrange(256)])
        with suppress(BadOption):
            load(saved(bytes(content))).profile()
