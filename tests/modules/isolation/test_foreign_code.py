"""What other code changes in the process while it is loaded and traced is put back."""

import os
import random
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from mobilecalc.modules.isolation.foreign_code import contained, offline
from mobilecalc.modules.loading.load import load

CHANGES = """
import os, random, sys
import numpy, torch
from torch import nn

def change():
    os.chdir("/")
    sys.path.append("/nowhere")
    random.seed(1), numpy.random.seed(1), torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.deterministic = torch.backends.cudnn.benchmark = True
    torch.set_num_threads(torch.get_num_threads() + 1)
    torch.set_grad_enabled(False)

def plain():
    return nn.Linear(2, 3)

def make():
    change()
    return nn.Linear(2, 3)

def asks():
    change()
    torch.set_default_device("cpu")
    net = nn.Linear(2, 3)
    assert net.weight.abs().sum().item() >= 0  # on the meta device there is no value
    return net

def fails():
    change()
    raise RuntimeError("no")

class Changes(nn.Module):
    def forward(self, x):
        change()
        return x + 1
"""


def state():
    """What a process has that code may change."""
    return (
        Path.cwd(),
        [*sys.path],
        random.getstate(),
        np.random.get_state()[1].tolist(),
        torch.get_rng_state().tolist(),
        torch.get_default_dtype(),
        torch.empty(1).device,
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
        torch.backends.cudnn.deterministic,
        torch.backends.cudnn.benchmark,
        torch.get_num_threads(),
        torch.is_grad_enabled(),
        torch.overrides._get_current_function_mode_stack(),
        sys.stdin,
        sys.stdout,
        [os.fstat(descriptor).st_ino for descriptor in (0, 1, 2)],
    )


@pytest.fixture
def net(tmp_path):
    file = tmp_path / "net.py"
    file.write_text(CHANGES)
    return str(file)


@pytest.mark.parametrize("name", ["make", "asks", "fails", "Changes", "nothing"])
def test_a_user_s_code_changes_nothing_that_lasts(name, net):
    before = state()
    try:
        load(f"{net}:{name}", ["1x2:float64"]).profile()
    except Exception:
        assert name in ("fails", "nothing")
    assert state() == before


def test_a_file_that_changes_things_when_it_is_imported_changes_nothing_that_lasts(tmp_path):
    file = tmp_path / "net.py"
    file.write_text(CHANGES + "change()\nnet = nn.Linear(2, 3)\n")
    before = state()
    assert load(f"{file}:net", ["1x2:float64"]).profile().macs == 6
    assert state() == before


def test_a_default_device_of_the_caller_stays(net):
    torch.set_default_device("meta")
    try:
        load(f"{net}:make", ["1x2:float64"]).profile()
        assert torch.empty(1).is_meta
    finally:
        torch.set_default_device(None)
    assert torch.empty(1).device.type == "cpu"


def test_a_factory_may_import_what_lies_beside_its_file_also_the_second_time(tmp_path):
    (tmp_path / "late_one.py").write_text("WIDTH = 3\n")
    (tmp_path / "late_two.py").write_text("WIDTH = 5\n")
    (tmp_path / "net.py").write_text(
        "from torch import nn\n"
        "def one():\n    from late_one import WIDTH\n    return nn.Linear(2, WIDTH)\n"
        "def two():\n    from late_two import WIDTH\n    return nn.Linear(2, WIDTH)\n"
    )
    assert load(f"{tmp_path}/net.py:one", ["1x2"]).profile().macs == 6
    assert load(f"{tmp_path}/net.py:two", ["1x2"]).profile().macs == 10


def test_what_is_written_past_python_lands_on_stderr(capfd):
    with contained():
        print("python")
        os.write(1, b"descriptor\n")
        os.system("echo child")
    print("after")
    out, err = capfd.readouterr()
    assert out == "after\n"
    assert sorted(err.split()) == ["child", "descriptor", "python"]


def test_stdin_is_empty_and_comes_back():
    pipe, end = os.pipe()
    os.write(end, b"yes\n")
    saved = os.dup(0)
    os.dup2(pipe, 0)
    try:
        with contained():
            assert sys.stdin.read() == ""
            assert os.read(0, 9) == b""
            with pytest.raises(EOFError):
                input()
        assert os.read(0, 9) == b"yes\n"
    finally:
        os.dup2(saved, 0)
        for descriptor in (pipe, end, saved):
            os.close(descriptor)


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_a_command_whose_streams_are_closed_answers(closed, net):
    command = f'"{sys.executable}" -m mobilecalc value {net}:plain macs --input 1x2 {closed}'
    ran = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, text=True, check=True)
    assert ran.stdout == "6\n"


def test_threads_give_the_streams_back_whatever_their_order(capfd):
    def run(number):
        with contained():
            os.write(1, b"inside ")

    threads = [threading.Thread(target=run, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(1, b"outside")
    assert capfd.readouterr() == ("outside", "inside " * 20)


def test_a_library_does_not_reach_the_network():
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with offline(), pytest.raises(OSError, match="does not use the network"):
            client.connect(server.getsockname())
        client.connect(server.getsockname())
