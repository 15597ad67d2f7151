"""Documents and files that would run something, reach something or write somewhere."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

RUN = "import os, pathlib; pathlib.Path('ran').touch(); os.system('touch ran')"
"""What each of them would like to be run."""

QUESTIONS = {
    "a Python file": "value net.py:make macs",
    "a module by its name": "value antigravity:fly macs",
    "a transformers folder with code": "value transformers:cfg macs",
    "a transformers folder, trusted": 'value "transformers:cfg(trust_remote_code=True)" macs',
    "pickled weights": "count evil.pth",
    "a pickled module": "count evil.pt",
    "an exported program with an expression": "count expression.pt2",
    "an exported program with a pickle": "count pickled.pt2",
    "an exported program that is a pickle": "count evil.pt2",
    "a graph whose weights are elsewhere": "count elsewhere.onnx",
    "a file of the system": "count /etc/passwd.onnx",
    "an output": "count v1 --output out.csv",
    "a page": "explorer --output page.html",
    "a figure above": "breakdown v1 --counters none --chart ../figure.svg",
    "a figure over a file": "breakdown v1 --counters none --chart net.svg",
    "a document": "notes update other.md",
    "a shell": "value v1 macs; touch ran",
    "a substitution": "value $(touch ran) macs",
    "a convention": "count v1 --convention \"__import__('os').system('touch ran')\"",
}

_NOTES = {
    ".md": "<!-- mobilecalc: {} -->\nold\n<!-- /mobilecalc -->\n",
    ".qmd": "---\ntitle: x\n---\n<!-- mobilecalc: {} -->\nold\n<!-- /mobilecalc -->\n",
    ".tex": "% mobilecalc: {}\nold\n% /mobilecalc\n\\input{{|touch ran}}\n\\write18{{touch ran}}\n",
    ".rst": ".. mobilecalc: {}\n\nold\n\n.. /mobilecalc\n\n.. include:: /etc/passwd\n",
    ".typ": '// mobilecalc: {}\nold\n// /mobilecalc\n#read("/etc/passwd")\n',
}
LANGUAGES = tuple(_NOTES)


def document(folder: Path, ending: str, question: str) -> str:
    """Write a document that asks the question, and give its name."""
    (folder / f"note{ending}").write_text(_NOTES[ending].format(question))
    return f"note{ending}"


class _Evil:
    """Runs on being unpickled."""

    def __reduce__(self):
        return exec, (RUN,)


def files(folder: Path) -> None:
    """Write every hostile file into the folder."""
    (folder / "net.py").write_text(f"{RUN}\ndef make(): ...\n")
    (folder / "net.svg").write_text("<svg>mine</svg>")
    (folder / "other.md").write_text("<!-- mobilecalc: value v1 macs --><!-- /mobilecalc -->\n")
    (folder / "evil.pt2").write_bytes(pickle.dumps(_Evil()))
    (folder / "evil.pth").write_bytes(_torch_archive())
    (folder / "evil.pt").write_bytes(pickle.dumps(_Evil()))
    _transformers(folder / "cfg")
    _exported(folder)
    _onnx(folder / "elsewhere.onnx")


def _torch_archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(_Evil(), protocol=2))
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/byteorder", "little")
    return held.getvalue()


def _transformers(folder: Path) -> None:
    folder.mkdir()
    names = '{"AutoConfig": "code.Config", "AutoModel": "code.Model"}'
    config = f'{{"model_type": "evil", "auto_map": {names}, "architectures": ["Model"]}}'
    (folder / "config.json").write_text(config)
    (folder / "code.py").write_text(f"{RUN}\nclass Config: ...\nclass Model: ...\n")


def _exported(folder: Path) -> None:
    import torch
    from torch import nn

    whole, batch = folder / "whole.pt2", torch.export.Dim("b", min=2, max=64)
    program = torch.export.export(
        nn.Linear(8, 4), (torch.randn(3, 8),), dynamic_shapes=({0: batch},)
    )
    torch.export.save(program, whole)
    expression = f"exec({RUN!r})"
    with (
        zipfile.ZipFile(whole) as source,
        zipfile.ZipFile(folder / "expression.pt2", "w") as expressed,
        zipfile.ZipFile(folder / "pickled.pt2", "w") as pickled,
    ):
        for name in source.namelist():
            content = source.read(name)
            symbol = b"Symbol('"
            before, _, after = content.partition(symbol)
            evil = before + expression.encode() + b" or " + symbol + after if after else content
            expressed.writestr(name, evil)
            is_held = name.endswith(".pt") or "/weights/weight_" in name
            claimed = content.replace(b'"use_pickle": false', b'"use_pickle": true')
            pickled.writestr(name, pickle.dumps(_Evil()) if is_held else claimed)
    whole.unlink()


def _onnx(file: Path) -> None:
    import onnx
    from onnx import TensorProto, helper

    weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4, 4])
    weights.data_location = TensorProto.EXTERNAL
    for key, value in {"location": "../../../../etc/passwd", "length": "64"}.items():
        weights.external_data.add(key=key, value=value)
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 4]) for n in "xy")
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "g", [x], [y], [weights])
    onnx.save(helper.make_model(graph), file)
