"""Where models come from, and what is said where they do not."""

import re
import subprocess
import sys
from importlib import import_module
from math import prod
from types import SimpleNamespace
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
import torch
from torch import nn

from mobilecalc.core.errors import BadOption, MissingPackage, MobilecalcError, UnknownName
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.loading import sources
from mobilecalc.modules.loading.call import Call
from mobilecalc.modules.loading.load import load, model
from mobilecalc.modules.loading.sources import (
    PYTHON,
    SOURCES,
    Source,
    is_loadable,
    runs_code,
    source_of,
)
from mobilecalc.records import Chain, Conv

NETS = "tests/data/nets.py"


def macs(name, *inputs, **options):
    return load(name, inputs, **options).profile().macs


def small(width=8):
    """The arithmetic of nets.py's Net on 3 x 16 x 16."""
    return 9 * 3 * 256 + 3 * width * 256 + width * 10


# Python.


def test_a_factory_of_a_file_or_of_a_module_with_literal_arguments():
    assert macs(f"{NETS}:make_net", "1x3x16x16") == small()
    assert macs(f"{NETS}:make_net(width=0.5)", "1x3x16x16") == small(4)
    assert macs(f"{NETS}:Net(2.0, classes=10)", "1x3x16x16") == small(16)
    assert macs(f"{NETS}:NET", "1x4") == 12
    assert macs("torch.nn:Linear(4, 3)", "1x4") == 12


def test_without_input_it_is_an_image_of_224_pixels():
    assert load(f"{NETS}:make_net").profile().input == (3, 224, 224)


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("nowhere.py:f", BadOption, "There is no file nowhere.py"),
        (f"{NETS}:mak_net", UnknownName, "Did you mean make_net"),
        (f"{NETS}:broken", MobilecalcError, "RuntimeError: no network today"),
        (f"{NETS}:number", BadOption, "returns an int, which is not a torch.nn.Module"),
        (f"{NETS}:NUMBER", BadOption, "returns an int, which is not a torch.nn.Module"),
        (f"{NETS}:make_net(width=__import__('os'))", BadOption, "arguments are literals"),
        (f"{NETS}:make_net(**{{}})", BadOption, "arguments are literals"),
        (f"{NETS}:make_net(", BadOption, "does not say what to load"),
        (f"{NETS}:make_net(1 +)", BadOption, "cannot be read"),
        (f"{NETS}:make_net(height=3)", MobilecalcError, "unexpected keyword argument 'height'"),
        (f"{NETS}:", BadOption, "does not say what to load"),
        ("no.such.module:f", MobilecalcError, "No module named 'no'"),
        ("torchvision:resnet51", UnknownName, "Did you mean .*resnet50"),
        ("timm:resnet51", UnknownName, "Did you mean .*resnet50"),
        ("transformers:no-such-model", BadOption, "Nothing is downloaded"),
        ("transformers:BertConfig(hidden_size=7)", MobilecalcError, "multiple of"),
        ("transformers:BertConfig(hidden_sizes=8)", UnknownName, "Did you mean hidden_size"),
        ("transformers:BertConfigg", BadOption, "Did you mean BertConfig"),
        ("transformers:AutoModel", BadOption, "neither a configuration nor an architecture"),
        (f"{NETS}:leaves", MobilecalcError, "SystemExit: 3"),
        ("nowhere.pt2", BadOption, "There is no file nowhere.pt2"),
        (f"{NETS}:make_net", UnknownName, "no device named 'gpu'"),
    ],
)
def test_what_cannot_be_loaded_is_told_with_the_way_out(name, error, said):
    with pytest.raises(error, match=f"(?s){said}") as raised:
        load(name, device="gpu" if "gpu" in said else "meta").profile()
    assert raised.value.fix


def test_nothing_is_evaluated_in_the_arguments():
    assert Call.parse("f(1, 'a', x=[1.5, None], y={'k': -2})", "") == (
        "f",
        (1, "a"),
        {"x": [1.5, None], "y": {"k": -2}},
    )
    with pytest.raises(BadOption):
        Call.parse("f(1 + g())", "")


def test_a_name_with_a_colon_or_a_saved_file_s_ending_is_loaded():
    assert all(map(is_loadable, ("timm:x", "a/b.py:f", "net.pt2", "net.onnx", "w.pth", "w.pt")))
    assert not any(map(is_loadable, ("v1", "v2-standard", "resnet50")))


def test_a_missing_library_is_named_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(MissingPackage, match="pip install timm torchvision"):
        load("timm:resnet18")


def test_building_takes_no_memory_for_weights():
    for name in ("torchvision:vit_h_14", "timm:vit_giant_patch14_224"):
        assert all(p.is_meta for p in load(name).module.parameters())


def test_a_constructor_that_asks_for_values_is_built_on_the_cpu(tmp_path):
    file = tmp_path / "net.py"
    file.write_text(
        "import torch\n"
        "def make():\n"
        "    net = torch.nn.Linear(4, 3)\n"
        "    assert net.weight.abs().sum().item() > 0\n"
        "    return net\n"
    )
    assert macs(f"{file}:make", "1x4") == 12


def test_a_file_may_import_what_lies_beside_it(tmp_path):
    (tmp_path / "beside_it.py").write_text("WIDTH = 3\n")
    (tmp_path / "net.py").write_text(
        "from beside_it import WIDTH\nfrom torch import nn\nmake = lambda: nn.Linear(4, WIDTH)\n"
    )
    assert macs(f"{tmp_path}/net.py:make", "1x4") == 12


# Inputs.


def test_an_input_is_sizes_a_type_and_a_name():
    assert TensorSpec.parse("1x3x224x224") == ((1, 3, 224, 224), "float32", "")
    assert TensorSpec.parse("1x128:int64") == ((1, 128), "int64", "")
    assert TensorSpec.parse("input_ids=1x128:int64") == ((1, 128), "int64", "input_ids")


@pytest.mark.parametrize(
    "text", ["", "x", "1x", "1x-3", "1x3:int5", "a b=1x3", "1x3.5", "0x3", "3:"]
)
def test_an_input_that_cannot_be_read_is_told_with_an_example(text):
    with pytest.raises(BadOption, match=r"For example: (--input |input=)1x3x224x224"):
        TensorSpec.parse(text)


def test_several_and_keyword_inputs_and_those_of_a_function():
    assert load(f"{NETS}:Two", ["1x5:int64", "mask=1x5:bool"]).profile().counts.elementwise == 30
    assert load(f"{NETS}:Two", [f"{NETS}:text"]).profile().counts.elementwise == 30
    twice = load(f"{NETS}:make_net", [f"{NETS}:images"])
    assert twice.profile().macs == 2 * small()
    assert any("all 2 of its first axis" in note for note in twice.profile().notes)
    with pytest.raises(BadOption, match="gives no tensor"):
        load(f"{NETS}:Two", [f"{NETS}:number"])
    with pytest.raises(BadOption, match="stands beside another --input"):
        load(f"{NETS}:Two", [f"{NETS}:text", "1x5"])
    with pytest.raises(BadOption, match=r"mask=\.\.\. was given twice"):
        load(f"{NETS}:Two", ["1x5:int64", "mask=1x5:bool", "mask=1x5:bool"])
    assert len(Inputs.returned([torch.zeros(1), torch.zeros(1)], "f").args) == 1


@pytest.mark.parametrize("value", [torch.zeros(1), (torch.zeros(1),), {"x": torch.zeros(1)}])
def test_a_function_may_return_a_tensor_arguments_or_keywords(value):
    assert len(list(Inputs.returned(value, "f").tensors())) == 1


def test_the_source_says_the_input():
    assert str(load("timm:tinynet_e").inputs) == "1x3x106x106 float32"
    assert str(load("torchvision:inception_v3").inputs) == "1x3x299x299 float32"
    assert str(load("torchvision:efficientnet_b7").inputs) == "1x3x600x600 float32"
    assert str(load("transformers:BertConfig").inputs) == "input_ids 1x128 int64"
    assert (
        str(load("transformers:ViTConfig(image_size=64)").inputs)
        == "pixel_values 1x3x64x64 float32"
    )


def test_the_usual_input_has_the_type_of_the_parameters(tmp_path):
    file = tmp_path / "net.py"
    file.write_text("from torch import nn\ndef half(): return nn.Conv2d(3, 4, 3).half()\n")
    assert str(load(f"{file}:half").inputs) == "1x3x224x224 float16"


def test_at_a_batch_every_input_is_as_long():
    net = load(f"{NETS}:Two", ["1x5:int64", "mask=1x5:bool"])
    assert str(net.at_batch(8).inputs) == "8x5 int64, mask 8x5 bool"
    assert net.at_batch(8).profile().counts.elementwise == 8 * 30


# Saved files.


@pytest.fixture(scope="module")
def net():
    """Parameters that differ, so that no exporter takes two for one."""
    from torchvision import models

    torch.manual_seed(0)
    module = models.get_model("mobilenet_v3_small", weights=None).eval()
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point():
            tensor.data.uniform_()
    return module


@pytest.fixture(scope="module")
def traced():
    return load("torchvision:mobilenet_v3_small").profile()


def test_an_exported_program_has_the_rows_of_its_module(net, traced, tmp_path):
    file = tmp_path / "net.pt2"
    torch.export.save(torch.export.export(net, (torch.zeros(1, 3, 224, 224),)), file)
    assert load(str(file)).profile().rows == traced.rows


class Branches(nn.Module):
    """Sizes that are computed, keywords, a part without gradients, one weight in two places."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 6), nn.Linear(6, 6)
        self.third = nn.Linear(6, 6)
        self.third.weight = self.second.weight
        self.register_buffer("table", torch.ones(6), persistent=False)

    def forward(self, xs, *, mask, scale=2.0):
        x = self.first(torch.cat(xs, 1))
        with torch.no_grad():
            y = self.second(x)
        halves = (self.third(y) * mask.unsqueeze(-1) + self.table * scale).chunk(2, -1)
        return {"a": halves[0] * (x.shape[1] // 2), "b": halves[1]}


def older(path, target):
    """The same program as torch wrote it before version 2.8."""
    import json
    import zipfile

    def without_kinds(item):
        if isinstance(item, dict):
            item.pop("kind", None)
        for part in item.values() if isinstance(item, dict) else item:
            if isinstance(part, (dict, list)):
                without_kinds(part)

    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as result:
        names = {name.partition("/")[2]: name for name in archive.namelist()}
        program = json.loads(archive.read(names["models/model.json"]))
        without_kinds(program)
        inputs = archive.read(names["data/sample_inputs/model.pt"])
        result.writestr("version", "8.1")
        result.writestr("serialized_exported_program.json", json.dumps(program))
        result.writestr("serialized_example_inputs.pt", inputs)


def test_an_exported_program_is_counted_at_other_sizes_and_in_the_older_format(tmp_path):
    file, batch = tmp_path / "net.pt2", torch.export.Dim("batch", min=2)
    inputs = ([torch.zeros(2, 3, 4), torch.zeros(2, 5, 4)],)
    mask = {"mask": torch.ones(2, 8)}
    sizes = {"xs": [{0: batch}] * 2, "mask": {0: batch}}
    program = torch.export.export(Branches(), inputs, mask, dynamic_shapes=sizes)
    torch.export.save(program, file)
    older(file, tmp_path / "older.pt2")
    for name in ("net.pt2", "older.pt2"):
        loaded = load(str(tmp_path / name))
        assert loaded.profile().macs == 2 * 8 * (4 * 6 + 6 * 6 + 6 * 6)
        again = 0 if name == "net.pt2" else 6 * 6  # the older format does not say what is shared
        assert loaded.profile().parameters == 4 * 6 + 6 + 6 * 6 + 6 + 6 + again
        assert [row.path for row in loaded.profile().rows if row.counts.macs] == [
            "first", "second", "third"
        ]  # fmt: skip
    larger = load(str(file), ["3x3x4", "3x5x4", "mask=3x8"])
    assert larger.profile().macs == 3 * 8 * (4 * 6 + 6 * 6 + 6 * 6)


def test_an_onnx_graph_has_the_facts_of_its_module(net, traced, tmp_path):
    file = tmp_path / "net.onnx"
    torch.onnx.export(
        net,
        (torch.zeros(1, 3, 224, 224),),
        str(file),
        dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        input_names=["image"],
        dynamic_axes={"image": {0: "batch"}},
    )
    profile = load(str(file)).profile()
    facts = ("macs", "weights", "biases", "norm_parameters", "norm_elements", "pool_inputs")
    for fact in (*facts, "residual_adds"):
        assert getattr(profile.counts, fact) == getattr(traced.counts, fact), fact
    assert profile.parameters == traced.parameters
    assert profile.uncounted == ()
    assert load(str(file), ["image=3x3x224x224"]).profile().macs == 3 * traced.macs
    assert str(load(str(file)).inputs) == "image 1x3x224x224 float32"
    with pytest.raises(BadOption, match="holds a forward pass alone"):
        load(str(file), train=True).profile()


def test_an_onnx_graph_that_leaves_sides_open_asks_for_them(tmp_path):
    file = tmp_path / "net.onnx"
    torch.onnx.export(
        nn.Conv2d(3, 4, 3),
        (torch.zeros(1, 3, 8, 8),),
        str(file),
        dynamo=False,
        input_names=["image"],
        dynamic_axes={"image": {0: "b", 2: "h", 3: "w"}},
    )
    with pytest.raises(BadOption, match="image is bx3xhxw"):
        load(str(file))
    assert load(str(file), ["image=1x3x8x8"]).profile().macs == 27 * 4 * 36


def test_an_onnx_graph_whose_sizes_cannot_be_inferred_says_so(tmp_path):
    from onnx import TensorProto, helper, save

    image = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])
    sizes = helper.make_tensor_value_info("sizes", TensorProto.INT64, [4])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["a", "b", "c", "d"])
    weight = helper.make_tensor("w", TensorProto.FLOAT, [4, 3, 1, 1], [0.0] * 12)
    nodes = [
        helper.make_node("Expand", ["x", "sizes"], ["e"]),
        helper.make_node("Conv", ["e", "w"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "g", [image, sizes], [out], [weight])
    file = tmp_path / "net.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), str(file))
    profile = load(str(file)).profile()
    assert [row.op.name for row in profile.uncounted] == ["Conv of unknown size"]
    assert any(note.startswith("The total may be too small") for note in profile.warnings)


def test_the_first_states_of_an_onnx_lstm_are_no_parameters(tmp_path):
    from onnx import TensorProto, helper, save

    def stored(name, *sizes):
        return helper.make_tensor(name, TensorProto.FLOAT, sizes, bytes(4 * prod(sizes)), raw=True)

    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [5, 1, 3])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [5, 1, 1, 2])
    weights = [stored("w", 1, 8, 3), stored("r", 1, 8, 2), stored("b", 1, 16)]
    states = [stored("h", 1, 1, 2), stored("c", 1, 1, 2)]
    node = helper.make_node("LSTM", ["x", "w", "r", "b", "", "h", "c"], ["y"], hidden_size=2)
    graph = helper.make_graph([node], "g", [x], [y], [*weights, *states])
    file = tmp_path / "net.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), str(file))
    assert load(str(file)).profile().parameters == 8 * 3 + 8 * 2 + 16


def test_a_file_is_run_once_and_what_it_prints_is_no_part_of_an_answer(tmp_path, capsys):
    file = tmp_path / "once.py"
    file.write_text("from torch import nn\nprint('run')\nnet = nn.Linear(2, 2)\nother = net\n")
    assert load(f"{file}:net", ["1x2"]).module is load(f"{file}:other", ["1x2"]).module
    assert tuple(capsys.readouterr()) == ("", "run\n")


def test_a_file_of_weights_takes_no_input(tmp_path):
    file = tmp_path / "w.pth"
    torch.save({"w": torch.zeros(2)}, file)
    with pytest.raises(BadOption, match="takes no input"):
        load(str(file), ["1x2"]).profile()


def test_a_state_dict_gives_parameters_alone(net, tmp_path):
    file = tmp_path / "weights.pth"
    torch.save({"model": net.state_dict()}, file)
    profile = load(str(file)).profile()
    assert profile.macs == 0
    assert profile.parameters == sum(t.numel() for t in net.state_dict().values())
    assert any("has no operations" in note for note in profile.notes)


def test_a_pickle_that_holds_code_is_refused(tmp_path):
    file = tmp_path / "net.pth"
    torch.save(nn.Linear(3, 3), file)
    with pytest.raises(BadOption, match="objects other than tensors"):
        load(str(file))


@pytest.mark.parametrize("ending", [".pt2", ".onnx", ".pth", ".pt"])
def test_a_damaged_file_is_told(ending, tmp_path):
    file = tmp_path / f"net{ending}"
    file.write_bytes(b"nonsense")
    with pytest.raises(BadOption, match=f"net{ending}"):
        load(str(file))


def test_a_name_is_of_one_source_and_each_source_has_its_file():
    names = [*(f"{source.prefix}:x" for source in SOURCES if source.prefix), "net.py:make", "a.b:C"]
    names += [f"net{extension}" for source in SOURCES for extension in source.extensions]
    for name in names:
        assert sum(source.has(name) for source in SOURCES if source is not PYTHON) <= 1
        assert callable(import_module(f"mobilecalc.modules.loading.{source_of(name).file}").find)
    assert {source_of(name) for name in names} == set(SOURCES)


def test_a_source_loads_nothing_heavy_before_it_is_asked_for_a_model():
    files = [f"mobilecalc.modules.loading.{source.file}" for source in SOURCES]
    code = f"import sys, {', '.join(files)}; print(*{{'torch', 'onnx', 'timm'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_new_source_is_a_file_and_a_line_and_runs_code_unless_it_says_otherwise(monkeypatch):
    made = SimpleNamespace(find=lambda name: Chain.of(conv=Conv(int(name.partition(":")[2]), 1)))
    monkeypatch.setitem(sys.modules, "mobilecalc.modules.loading.sources.zoo", made)
    monkeypatch.setattr(sources, "SOURCES", (Source("sources.zoo", prefix="zoo"), *SOURCES))
    assert runs_code("zoo:8")
    assert model("zoo:8").profile().macs == 224 * 224 * 3 * 8


def test_an_extension_in_capitals_is_the_same_extension(tmp_path):
    weights = tmp_path / "W.PTH"
    torch.save({"a": torch.ones(3, 4)}, weights)
    assert load(str(weights)).profile().parameters == 12
    code = tmp_path / "CAPITALS.PY"
    code.write_text("import torch\ndef make():\n    return torch.nn.Linear(3, 4)\n")
    assert load(f"{code}:make", ["1x3"]).profile().macs == 12
    for name in ("NET.ONNX", "net.Pt2"):
        (tmp_path / name).write_text("no such thing")
        with pytest.raises(BadOption, match=r"is not an ONNX file|cannot be read"):
            load(str(tmp_path / name))


@pytest.mark.parametrize("name", ["a.pt2", "a.pth", "a.onnx"])
@pytest.mark.parametrize("content", ["text", "compressed", "stored"])
def test_a_damaged_file_is_told_in_a_sentence_without_names_of_exceptions(name, content, tmp_path):
    file = tmp_path / name
    file.write_text("no such thing")
    if content != "text":
        packing = ZIP_DEFLATED if content == "compressed" else ZIP_STORED
        with ZipFile(file, "w", packing) as archive:
            archive.writestr("models/model.json", '{"a": 1}')
    with pytest.raises(BadOption) as caught:
        load(str(file))
    why = caught.value.why
    assert why[0].isupper()
    assert why.endswith(".")
    assert not re.search(r"\w+Error\b|Exception|Damaged", why)
