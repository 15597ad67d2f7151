"""Documents, files and factories that try to run code, to read or to break: what becomes of them.

Each is given to the command line in a process of its own whose standard input says "yes" forever.
A payload that is run writes a file; none may appear.
"""

import io
import json
import os
import pickle
import tarfile
import zipfile

import pytest
import torch
from support.commands import run_all
from torch import nn

from mobilecalc.modules.loading.sources import runs_code

EVIL = """
open("RUN", "w").write("run")
from transformers import PretrainedConfig, PreTrainedModel
class EvilConfig(PretrainedConfig):
    model_type = "evil"
class EvilModel(PreTrainedModel):
    config_class = EvilConfig
"""
SMALL = {
    **{"model_type": "bert", "hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 16},
    **{"num_hidden_layers": 1, "vocab_size": 30, "max_position_embeddings": 16},
}
MAPPED = {"auto_map": {"AutoConfig": "evil.EvilConfig", "AutoModel": "evil.EvilModel"}}
HIDDEN = {"attn_implementation": "evil/kernel", "_attn_implementation": "evil/kernel"}


class Payload:
    """Unpickled, it writes a file."""

    def __reduce__(self):
        return os.system, ("touch RUN",)


# Documents.

REFUSED = "is refused"
DOCUMENTS = {
    "transformers:evil(trust_remote_code=True)": REFUSED,
    "transformers:evil": "are not run",
    "transformers:small(trust_remote_code=True)": REFUSED,
    "transformers:small(attn_implementation='evil-kernel')": REFUSED,
    "transformers:BertConfig(auto_map={})": REFUSED,
    "transformers:BertConfig(name_or_path='evil')": REFUSED,
    "transformers:BertConfig(_name_or_path='evil')": REFUSED,
    "transformers:BertConfig(attn_implementation='flash_attention_2')": REFUSED,
    "transformers:BertConfig(quantization_config={})": REFUSED,
    "transformers:BertConfig(30)": "without a name",
    "transformers:BertConfig(hidden_act='a/b')": REFUSED,
    "transformers:BertConfig(save_pretrained=1)": "no option of BertConfig",
    "transformers:DetrConfig(use_pretrained_backbone=True)": REFUSED,
    "transformers:DetrConfig(backbone_config={'pretrained': True})": REFUSED,
    "transformers:DetrConfig(backbone='hf-hub:evil')": REFUSED,
    "timm:resnet18(pretrained=True)": REFUSED,
    "timm:resnet18(checkpoint_path='weights')": REFUSED,
    "timm:resnet18(pretrained_cfg={'file': 'weights'})": REFUSED,
    "timm:resnet18(pretrained_cfg_overlay={'file': 'weights'})": REFUSED,
    "timm:resnet18(cache_dir='here')": REFUSED,
    "timm:resnet18(True)": "without a name",
    "timm:local-dir:evil": "no timm model",
    "timm:hf-hub:evil": "no timm model",
    "torchvision:resnet18(weights='DEFAULT')": REFUSED,
    "torchvision:resnet18(pretrained=True)": REFUSED,
    "torchvision:fcn_resnet50(weights_backbone='DEFAULT')": REFUSED,
    "torchvision:fcn_resnet50(pretrained_backbone=True)": REFUSED,
    "net.py:make": "runs code",
    "net:make": "runs code",
    "program.pt2": "runs code",
    "weights.pth": "runs code",
}


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    for name, config in {"evil": {"model_type": "evil"}, "small": {**SMALL, **HIDDEN}}.items():
        (folder / name).mkdir()
        (folder / name / "config.json").write_text(json.dumps({**config, **MAPPED}))
        (folder / name / "evil.py").write_text(EVIL)
    (folder / "net.py").write_text('open("RUN", "w")\nmake = None\n')
    torch.save({"x": Payload()}, folder / "weights.pth")
    torch.save({"x": Payload()}, folder / "weights")
    (folder / "program.pt2").write_bytes(b"")
    names = [*DOCUMENTS, "transformers:small"]
    for number, name in enumerate(names):
        question = f'<!-- mobilecalc: value "{name}" params -->1<!-- /mobilecalc -->'
        (folder / f"{number}.md").write_text(f"It has {question} of them.\n")
    answers = run_all(folder, [["notes", "check", f"{number}.md"] for number in range(len(names))])
    return dict(zip(names, answers, strict=True))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_runs_no_code_and_loads_no_file(name, documents):
    answer = documents[name]
    assert answer["appeared"] == []
    assert (answer["code"], answer["out"]) == (2, "")
    assert DOCUMENTS[name] in answer["err"]
    assert "Traceback" not in answer["err"]


def test_a_configuration_is_read_as_data_and_what_names_code_in_it_is_left_out(documents):
    answer = documents["transformers:small"]
    words, places, types = 30 * 8, 16 * 8, 2 * 8
    attention, layer = 4 * (8 * 8 + 8), (8 * 16 + 16) + (16 * 8 + 8)
    norms, pooler = 3 * 2 * 8, 8 * 8 + 8
    total = words + places + types + attention + layer + norms + pooler
    assert answer["appeared"] == []
    assert answer["code"] == 1
    assert f"+{total:,}\n" in answer["out"]


def test_what_a_document_may_name_and_what_is_loaded_are_told_apart_alike():
    data = ("v1", "timm:x", "torchvision:x(a='b.py:c')", "a.onnx", "A.ONNX")
    assert not any(map(runs_code, data))
    assert all(map(runs_code, ("a.py:f", "a:f", "a.pt2", "a.pt", "a.pth", "timmy:f", "b.onnx:f")))
    assert all(map(runs_code, ("evil.PT2", "W.PTH", "w.Pt", "NET.PY:f")))


# Files.


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)
        self.table = torch.ones(3)

    def forward(self, x):
        return self.second(self.first(x) + self.table)


def exported(path, change=lambda program, members: None):
    """An exported program, after a change of its graph and its other members."""
    with io.BytesIO() as saved:
        batch = torch.export.Dim("batch", min=2)
        torch.export.save(
            torch.export.export(Two(), (torch.zeros(2, 4),), dynamic_shapes=({0: batch},)), saved
        )
        with zipfile.ZipFile(saved) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    (graph,) = (name for name in members if name.endswith("models/model.json"))
    program = json.loads(members[graph])
    change(program, members)
    members[graph] = json.dumps(program).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def member(members, ending):
    (name,) = (name for name in members if name.endswith(ending))
    return name


def graph_of(program):
    return program["graph_module"]["graph"]


def size_that_is_code(program, members):
    expression = {"expr_str": "__import__('os').system('touch RUN')", "hint": {"as_int": 2}}
    graph_of(program)["tensor_values"]["x"]["sizes"][0] = {"as_expr": expression}


def opaque_constant(program, members):
    name = member(members, "constants/model_constants_config.json")
    config = json.loads(members[name])
    config["config"]["evil"] = {
        **next(iter(config["config"].values())),
        **{"path_name": "opaque_obj_0", "use_pickle": True},
    }
    members[name] = json.dumps(config).encode()
    members[name.replace("model_constants_config.json", "opaque_obj_0")] = pickle.dumps(Payload())


def pickled_weight(program, members):
    name = member(members, "weights/model_weights_config.json")
    config = json.loads(members[name])
    next(iter(config["config"].values())).update(path_name="weight_0", use_pickle=True)
    members[name] = json.dumps(config).encode()
    members[name.replace("model_weights_config.json", "weight_0")] = saved(Payload())


def pickled_inputs(program, members):
    members[member(members, "sample_inputs/model.pt")] = saved(((Payload(),), {}))


def saved(value):
    with io.BytesIO() as file:
        torch.save(value, file)
        return file.getvalue()


def calling(target, *arguments):
    def change(program, members):
        node = {
            **{"target": target, "name": "evil", "metadata": {}},
            "inputs": [{"name": "", "kind": 1, "arg": arg} for arg in arguments],
            "outputs": [{"as_none": True}],
        }
        graph_of(program)["nodes"].insert(0, node)

    return change


def name_that_is_code(program, members):
    name = "x=open('RUN','w')"
    graph_of(program)["inputs"][-1]["as_tensor"]["name"] = name
    graph_of(program)["tensor_values"][name] = graph_of(program)["tensor_values"]["x"]
    program["graph_module"]["signature"]["input_specs"][-1]["user_input"]["arg"] = {
        "as_tensor": {"name": name}
    }
    for node in graph_of(program)["nodes"]:
        for given in node["inputs"]:
            if given["arg"] == {"as_tensor": {"name": "x"}}:
                given["arg"]["as_tensor"]["name"] = name


def guard_that_is_code(program, members):
    program["guards_code"] = ["open('RUN', 'w')"]


TOUCH = {"as_string": "touch RUN"}
NAMED = {"as_string": "RUN"}
NOT_RUN = "which is not run"
PROGRAMS = {
    "an expression of a size": (size_that_is_code, ""),
    "an opaque constant": (opaque_constant, ""),
    "a pickled weight": (pickled_weight, ""),
    "pickled inputs": (pickled_inputs, "Weights only load failed"),
    "a function of torch": (calling("torch.os.system", TOUCH), NOT_RUN),
    "a function of an operator's name": (calling("torch.ops.os.system.default", TOUCH), NOT_RUN),
    "a function in a module of torch": (calling("torch.hub.os.system", TOUCH), NOT_RUN),
    "an operator that makes a file": (
        calling("torch.ops.aten.from_file.default", NAMED, {"as_bool": True}, {"as_int": 4}),
        NOT_RUN,
    ),
    "an operator that writes a file": (
        calling("torch.ops.aten.save.default", {"as_int": 1}, NAMED),
        NOT_RUN,
    ),
    "an operator of images": (
        calling("torch.ops.image.write_file.default", NAMED, {"as_tensor": {"name": "x"}}),
        NOT_RUN,
    ),
    "an operator as an argument": (
        calling("torch.ops.aten.relu.default", {"as_operator": "torch.os.system"}),
        NOT_RUN,
    ),
    "a method by its name": (calling("_operator.methodcaller", TOUCH), NOT_RUN),
    "a name of an input": (name_that_is_code, ""),
    "a guard": (guard_that_is_code, ""),
}


def nested(depth):
    state = {"w": torch.zeros(3)}
    for _ in range(depth):
        state = {"inner": state}
    return state


def cyclic():
    state = {"w": torch.zeros(3)}
    state["again"] = state["and again"] = state
    return state


def write_weights(folder):
    """Files of weights, and what is said of each."""
    (folder / "text.pth").write_text("hello\n" * 20)
    (folder / "empty.pth").write_bytes(b"")
    (folder / "random.pt").write_bytes(bytes(range(256)))
    with (folder / "zeros.pth").open("wb") as file:
        file.truncate(6 * 2**30)  # sparse: it takes no space
    with (folder / "older_zeros.pth").open("wb") as file:
        file.write(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.")
        file.truncate(6 * 2**30)
    for name, value in {"deep": nested(200), "cyclic": cyclic(), "code": Payload()}.items():
        torch.save(value, folder / f"{name}.pth")
    torch.save(Payload(), folder / "older_code.pth", _use_new_zipfile_serialization=False)
    whole = saved({"w": torch.zeros(100)})
    (folder / "half.pth").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(folder / "bomb.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb/data.pkl", bytes(10**7))
    with tarfile.open(folder / "tar.pth", "w") as archive:
        archive.add(folder / "text.pth", "storages")
    (folder / "folder.pth").mkdir()
    os.mkfifo(folder / "pipe.pth")
    (folder / "device.pth").symlink_to("/dev/zero")
    (folder / "loop.pth").symlink_to("loop.pth")


NO_WEIGHTS = "not a file that torch.save wrote"
WEIGHTS = {
    "text.pth": NO_WEIGHTS,
    "empty.pth": NO_WEIGHTS,
    "random.pt": NO_WEIGHTS,
    "zeros.pth": NO_WEIGHTS,
    "tar.pth": NO_WEIGHTS,
    "older_zeros.pth": "is read whole",
    "deep.pth": "nested more than 100 deep",
    "code.pth": "objects other than tensors",
    "older_code.pth": "objects other than tensors",
    "half.pth": "cannot be read",
    "bomb.pth": "are compressed",
    "folder.pth": "It is a directory",
    "pipe.pth": "not a regular file",
    "device.pth": "not a regular file",
    "loop.pth": "cannot be read",
    "missing.pth": "There is no file",
    f"{'long' * 80}.pth": "cannot be read",
    "text.pt2": "not a zip archive",
    "half.pt2": "not a zip archive",
    "compressed.pt2": "are compressed",
    "other.pt2": "It has 0 members",
    "folder.pt2": "It is a directory",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    write_weights(folder)
    for number, (change, _) in enumerate(PROGRAMS.values()):
        exported(folder / f"{number}.pt2", change)
    exported(folder / "plain.pt2")
    whole = (folder / "plain.pt2").read_bytes()
    (folder / "half.pt2").write_bytes(whole[: len(whole) // 2])
    (folder / "text.pt2").write_text("hello\n")
    (folder / "folder.pt2").mkdir()
    for name, kind in (("compressed.pt2", zipfile.ZIP_DEFLATED), ("other.pt2", zipfile.ZIP_STORED)):
        with zipfile.ZipFile(folder / name, "w", kind) as archive:
            archive.writestr("a", b"b")
    named = {**dict.fromkeys(PROGRAMS), **WEIGHTS, "plain.pt2": "", "cyclic.pth": ""}
    paths = [*(f"{number}.pt2" for number in range(len(PROGRAMS))), *list(named)[len(PROGRAMS) :]]
    answers = run_all(folder, [["value", path, "params"] for path in paths])
    return dict(zip(named, answers, strict=True))


TWO = str(4 * 3 + 3 + 3 * 2 + 2)
"""Parameters of the exported program."""


def test_an_exported_program_and_a_file_of_weights_are_read(files):
    assert (files["plain.pt2"]["out"].strip(), files["plain.pt2"]["code"]) == (TWO, 0)
    assert (files["cyclic.pth"]["out"].strip(), files["cyclic.pth"]["code"]) == ("3", 0)


@pytest.mark.parametrize("name", PROGRAMS)
def test_code_in_an_exported_program_is_not_run(name, files):
    answer, refusal = files[name], PROGRAMS[name][1]
    assert answer["appeared"] == []
    assert (answer["code"], answer["out"].strip()) == ((2, "") if refusal else (0, TWO))
    assert refusal in answer["err"]
    assert "Traceback" not in answer["err"]


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_file_that_cannot_be_read_is_an_error_of_reading(name, files):
    answer = files[name]
    assert answer["appeared"] == []
    assert (answer["code"], answer["out"]) == (2, "")
    assert WEIGHTS[name] in answer["err"]
    assert len(answer["err"].splitlines()) in (2, 3)  # what, perhaps why, and how to fix it
    assert "Traceback" not in answer["err"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all files")
def test_a_file_without_permission_is_an_error_of_reading(tmp_path):
    file = tmp_path / "w.pth"
    torch.save({"w": torch.zeros(2)}, file)
    file.chmod(0)
    (answer,) = run_all(tmp_path, [["value", "w.pth", "params"]])
    assert answer["code"] == 2
    assert "Permission denied" in answer["err"]


# Factories.

FACTORIES = """
import os, subprocess, sys
import torch
from torch import nn

class Interrupts(BaseException): pass
def custom(): raise Interrupts("no")
def closes(): raise GeneratorExit
def leaves(): sys.exit(0)
def stops(): raise StopIteration
def recurses(): return recurses()
class Silent(Exception):
    def __str__(self): raise RuntimeError
def silent(): raise Silent
class Forgets(nn.Module):
    def __init__(self): self.width = 3
    def forward(self, x): return x
class Holds(nn.Module):
    def __init__(self):
        super().__init__()
        self._modules["inner"] = Forgets()
def nothing(): return None
def a_class(): return nn.Linear
def a_list(): return [nn.Linear(2, 3)]
class Odd:
    @property
    def __class__(self): raise RuntimeError("odd")
def odd(): return Odd()
def asks(): return input("Run it? ")
class Raises(nn.Module):
    def forward(self, x): raise Interrupts("no")
def linear(): return nn.Linear(2, 3)
def ragged(): return torch.nested.nested_tensor([torch.zeros(2, 2), torch.zeros(1, 2)])
def ring():
    ring = []
    ring.append(ring)
    return ring

def prints():
    print("python")
    sys.__stdout__.write("stdout")
    os.write(1, b"descriptor")
    subprocess.run(["echo", "child"])
    return nn.Linear(2, 3)
class Prints(nn.Module):
    def forward(self, x):
        prints()
        return x
def reads():
    read = [sys.stdin.read(), os.read(0, 9), subprocess.run(["cat"], capture_output=True).stdout]
    if any(read): open("RUN", "w")
    return nn.Linear(2, 3)
class Reads(nn.Module):
    def forward(self, x):
        reads()
        return x
"""
BROKEN = {
    "custom": "Interrupts: no",
    "closes": "GeneratorExit",
    "leaves": "SystemExit: 0",
    "stops": "StopIteration",
    "recurses": "RecursionError",
    "silent": "Silent",
    "Forgets": "super().__init__()",
    "Holds": "super().__init__()",
    "nothing": "returns a NoneType",
    "a_class": "returns a type",
    "a_list": "returns a list",
    "odd": "RuntimeError: odd",
    "asks": "EOFError",
    "Raises": "Interrupts: no",
}
INPUTS = {
    "net.py:ragged": "returns a nested tensor",
    "net.py:ring": "gives no tensor",
    "net.py:odd": "RuntimeError: odd",
    "net.py:custom": "Interrupts: no",
    "1x" + "1" + "0" * 31: "is not possible",
    "1000000000x1000000000x1000000000x10000": "too many elements",
    "1000000000x1000000000x1000000000:bool": "too many elements",
}
QUIET = ("prints", "Prints", "reads", "Reads")


@pytest.fixture(scope="module")
def factories(tmp_path_factory):
    folder = tmp_path_factory.mktemp("factories")
    (folder / "net.py").write_text(FACTORIES)
    made = {n: ["value", f"net.py:{n}", "macs", "--input", "1x2"] for n in (*BROKEN, *QUIET)}
    fed = {text: ["value", "net.py:linear", "macs", "--input", text] for text in INPUTS}
    answers = run_all(folder, [*made.values(), *fed.values()])
    return dict(zip((*made, *fed), answers, strict=True))


@pytest.mark.parametrize("name", [*BROKEN, *INPUTS])
def test_what_breaks_in_a_user_s_code_is_told(name, factories):
    answer = factories[name]
    assert answer["appeared"] == []
    assert (answer["code"], answer["out"]) == (2, "")
    assert {**BROKEN, **INPUTS}[name] in answer["err"]
    assert "Traceback" not in answer["err"]
    assert "Something broke" not in answer["err"]


@pytest.mark.parametrize("name", QUIET)
def test_an_answer_is_all_that_is_on_stdout_and_stdin_is_empty(name, factories):
    macs = "0" if name[0].isupper() else "6"
    answer = factories[name]
    assert answer["appeared"] == []
    assert (answer["code"], answer["out"].strip()) == (0, macs)
