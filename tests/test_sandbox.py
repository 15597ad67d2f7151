"""No document and no file runs anything, reaches anything or writes anywhere.

Each case runs with network and file system taken away where the system allows it, and is watched
everywhere: what Python starts, opens, makes and removes is told before it happens.
"""

import shlex
import shutil

import pytest
from support import untrusted
from support.child import contents, run
from support.properties import is_safe

FILES = {
    name: ask
    for name, ask in untrusted.QUESTIONS.items()
    if ask.endswith((".pth", ".pt", ".pt2", ".onnx"))
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    untrusted.files(folder)
    return folder


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made, tmp_path / "notes")


@pytest.mark.parametrize("ending", untrusted.LANGUAGES)
@pytest.mark.parametrize("question", untrusted.QUESTIONS)
def test_a_document_runs_nothing_and_writes_nothing_but_itself(folder, ending, question):
    note = untrusted.document(folder, ending, untrusted.QUESTIONS[question])
    before = contents(folder.parent)
    checked = run("notes", "check", note, folder=folder, sandboxed=True, writable=False)
    is_safe(checked, folder)
    assert checked.written == []
    assert contents(folder.parent) == before
    updated = run("notes", "update", note, folder=folder, sandboxed=True)
    is_safe(updated, folder)
    after = contents(folder.parent)
    assert after.keys() == before.keys()
    own = f"notes/{note}"
    assert {name for name in after if after[name] != before[name]} <= {own}
    assert updated.exit_code == 0 or after[own] == before[own]


@pytest.mark.parametrize("file", FILES)
def test_a_file_named_on_the_command_line_is_read_as_data(folder, file):
    before = contents(folder.parent)
    outcome = run(*shlex.split(FILES[file]), folder=folder, sandboxed=True, writable=False)
    is_safe(outcome, folder)
    assert outcome.written == []
    assert contents(folder.parent) == before


@pytest.mark.parametrize(
    "name", ["transformers:cfg", "transformers:cfg(trust_remote_code=True)", "transformers:./cfg"]
)
def test_a_transformers_folder_is_read_as_data_too(folder, name):
    before = contents(folder.parent)
    outcome = run("count", name, folder=folder, sandboxed=True, writable=False)
    is_safe(outcome, folder)
    assert outcome.exit_code == 2
    assert contents(folder.parent) == before


def test_what_a_python_file_does_is_seen_where_it_may_run(folder):
    """Were nothing seen here, the tests above could not fail."""
    outcome = run("count", "net.py:make", folder=folder)
    assert any("os.system" in event for event in outcome.started)
    assert str(folder / "ran") in outcome.written
    assert "notes/ran" in contents(folder.parent)


def test_the_sandbox_takes_away_the_network_and_the_file_system(folder):
    (folder / "reach.py").write_text(
        "import socket, pathlib\n"
        "def make():\n"
        "    for attempt in (lambda: pathlib.Path('made').touch(),\n"
        "                    lambda: pathlib.Path('../made').touch(),\n"
        "                    lambda: socket.create_connection(('127.0.0.1', 9), 1)):\n"
        "        try: attempt()\n"
        "        except OSError as error: print(error.errno)\n"
    )
    outcome = run("count", "reach.py:make", folder=folder, sandboxed=True, writable=False)
    if not outcome.sandboxed:
        pytest.skip("this system gives a process no namespaces of its own: it is watched only")
    assert not (folder / "made").exists()
    assert not (folder.parent / "made").exists()
    assert any("socket.connect" in event for event in outcome.started)
