"""Documents are written together or not at all, each once, and nothing else is."""

import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mobilecalc.cli.main import app
from mobilecalc.core.errors import UnwritableOutput
from mobilecalc.notes.questions import BadDocument

ROOT = Path(__file__).parents[2]
STALE = "V1: <!-- mobilecalc: value v1 macs -->old<!-- /mobilecalc -->\n"
FRESH = STALE.replace("old", "568.7 M")
CHART = "scale v1 --alphas 1,0.5 --resolutions 224,128 --chart figures/scale.svg"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def notes(*arguments):
    return CliRunner().invoke(app, ["notes", *map(str, arguments)])


def started(*arguments):
    command = [sys.executable, "-m", "mobilecalc", "notes", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def asks(question):
    return f"<!-- mobilecalc: {question} -->\n<!-- /mobilecalc -->\n"


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("other", ["link.md", "hard.md", "./note.md", "sub/../note.md"])
def test_a_document_with_two_names_is_updated_once_and_keeps_both(folder, other):
    (folder / "sub").mkdir()
    (folder / "note.md").write_text(STALE)
    (folder / "link.md").symlink_to("note.md")
    os.link("note.md", "hard.md")
    result = notes("update", "note.md", other)
    assert (result.exit_code, result.output) == (0, "note.md: 1 of 1 answer changed.\n")
    assert (folder / "link.md").is_symlink()
    assert (folder / "note.md").samefile("hard.md")
    assert (folder / "hard.md").read_text() == FRESH


def test_a_link_to_a_document_is_answered_in_the_document_s_own_folder(folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "note.md").write_text(asks(CHART))
    (folder / "link.md").symlink_to("sub/note.md")
    assert notes("update", "link.md").exit_code == 0
    assert (folder / "sub" / "figures" / "scale.svg").exists()
    assert notes("check", "sub/note.md").exit_code == 0
    assert not (folder / "figures").exists()


@pytest.mark.parametrize("failing", range(4))
def test_if_one_file_cannot_be_replaced_all_are_as_they_were(folder, monkeypatch, failing):
    for name in ("a.md", "b.md", "c.md"):
        (folder / name).write_text(STALE + asks(CHART) * (name == "a.md"))
    before = files(folder)
    replaced = []
    replace = Path.replace

    def fail_once(path, target):
        replaced.append(target)
        if len(replaced) == failing + 1:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail_once)
    result = notes("update", "a.md", "b.md", "c.md")
    assert isinstance(result.exception, UnwritableOutput)
    assert result.exception.exit_code == 2
    assert "No space left on device" in str(result.exception)
    assert files(folder) == before
    assert not (folder / "figures").exists()


@pytest.mark.parametrize("failing", range(1, 9))
def test_if_the_disk_is_full_nothing_is_changed(folder, monkeypatch, failing):
    for name in ("a.md", "b.md"):
        (folder / name).write_text(STALE + asks(CHART) * (name == "a.md"))
    os.link("b.md", "hard.md")
    before = files(folder)
    synced = []

    def full(handle):
        synced.append(handle)
        if len(synced) == failing:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = notes("update", "a.md", "b.md")
    if isinstance(result.exception, UnwritableOutput):
        assert files(folder) == before
        assert not (folder / "figures").exists()
    else:
        assert failing > 6, "six files are prepared or written in place"
        assert (folder / "hard.md").read_text() == FRESH


def test_an_interrupted_update_changes_nothing(folder, monkeypatch):
    for name in ("a.md", "b.md"):
        (folder / name).write_text(STALE)
    replace = Path.replace

    def interrupted(path, target):
        if target.name == "b.md":
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    notes("update", "a.md", "b.md")
    assert files(folder) == {"a.md": STALE.encode(), "b.md": STALE.encode()}


def test_a_read_only_document_stops_the_update_of_all(folder):
    (folder / "a.md").write_text(STALE)
    (folder / "b.md").write_text(STALE)
    (folder / "b.md").chmod(0o444)
    result = notes("update", "a.md", "b.md")
    assert "b.md cannot be written" in str(result.exception)
    assert files(folder) == {"a.md": STALE.encode(), "b.md": STALE.encode()}


def test_a_fault_of_a_whole_document_carries_no_line(folder):
    for name in set(bad_documents(folder)) - {"latin.md", "open.md"}:
        said = str(notes("check", name).exception)
        assert said.startswith(f"{name}: it "), said
    loop = str(notes("check", "loop.md").exception)
    assert loop == "loop.md: it cannot be read.\nToo many levels of symbolic links."


def test_a_document_that_may_not_be_read_is_refused_as_every_other(folder, monkeypatch):
    (folder / "note.md").write_text(STALE)

    def denied(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    said = str(notes("check", "note.md").exception)
    assert said == "note.md: it cannot be read.\nPermission denied."


@pytest.mark.parametrize(
    ("is_writable", "why"),
    [(True, "Permission denied."), (False, "The directory {} is not writable.")],
)
def test_a_folder_that_is_not_writable_is_what_an_error_names(
    folder, monkeypatch, is_writable, why
):
    (folder / "note.md").write_text(STALE)

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", denied)
    access = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: is_writable if Path(path) == folder else access(path, mode),
    )
    said = str(notes("update", "note.md").exception).split("\n")
    assert said[:2] == ["note.md cannot be written.", why.format(folder)]


def test_a_document_keeps_its_mode_and_owner(folder):
    (folder / "note.md").write_text(STALE)
    (folder / "note.md").chmod(0o640)
    if os.getuid() == 0:
        os.chown("note.md", 12345, 12345)
    before = (folder / "note.md").stat()
    assert notes("update", "note.md").exit_code == 0
    after = (folder / "note.md").stat()
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


def test_an_update_waits_for_another_one_and_loses_nothing_of_it(folder):
    (folder / "note.md").write_text(STALE)
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    update = started("update", "note.md")
    assert "waiting" in update.stderr.readline()
    assert (folder / "note.md").read_text() == STALE
    (folder / "note.md").write_text(f"{STALE}Written by the other.\n")
    os.close(handle)
    assert update.wait(30) == 0
    assert (folder / "note.md").read_text() == f"{FRESH}Written by the other.\n"
    update.communicate()


def test_updates_at_the_same_time_all_succeed_and_leave_nothing_behind(folder):
    (folder / "note.md").write_text(STALE + "text\n" * 1000)
    updates = [started("update", "note.md") for _ in range(4)]
    errors = [update.communicate(timeout=60)[1] for update in updates]
    assert [update.returncode for update in updates] == [0, 0, 0, 0], errors
    assert files(folder) == {"note.md": (FRESH + "text\n" * 1000).encode()}


def test_documents_cannot_draw_the_same_figure_differently(folder):
    (folder / "a.md").write_text(asks(CHART))
    (folder / "b.md").write_text(asks(CHART.replace("v1", "v2")))
    for action in ("check", "update"):
        result = notes(action, "a.md", "b.md")
        assert isinstance(result.exception, BadDocument)
        assert "The question in line 1 of a.md draws that file too" in str(result.exception)
    assert not (folder / "figures").exists()


def test_documents_can_show_the_same_figure(folder):
    (folder / "a.md").write_text(asks(CHART))
    (folder / "b.md").write_text(asks(CHART))
    assert notes("update", "a.md", "b.md").exit_code == 0
    assert notes("check", "a.md", "b.md").exit_code == 0


@pytest.mark.parametrize("name", ["figures/scale.svg", "figures/scale.png"])
def test_a_figure_that_the_user_replaced_is_not_overwritten(folder, name):
    (folder / "note.md").write_text(asks(CHART.replace("figures/scale.svg", name)))
    assert notes("update", "note.md").exit_code == 0
    (folder / name).write_bytes(b"precious")
    result = notes("update", "note.md")
    assert "was not drawn by mobilecalc" in str(result.exception)
    assert (folder / name).read_bytes() == b"precious"


def test_a_figure_whose_name_ends_another_s_is_not_its_own(folder):
    other = CHART.replace("figures/scale.svg", "scale.svg")
    (folder / "note.md").write_text(asks(CHART))
    assert notes("update", "note.md").exit_code == 0
    (folder / "scale.svg").write_text('data-version="0"')
    text = (folder / "note.md").read_text().replace(CHART, other)
    (folder / "note.md").write_text(text)
    assert "would replace scale.svg" in str(notes("update", "note.md").exception)


def link_to_the_document(path):
    path.symlink_to("../note.md")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, link_to_the_document])
def test_a_figure_replaces_no_pipe_folder_or_document(folder, make):
    shown = asks(CHART).replace("<!-- /", "![](figures/scale.svg)\n<!-- /")
    (folder / "figures").mkdir()
    (folder / "note.md").write_text(shown)
    make(folder / "figures" / "scale.svg")
    assert "would replace figures/scale.svg" in str(notes("update", "note.md").exception)
    assert (folder / "note.md").read_text() == shown


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff{}".format("<!-- mobilecalc: value v1 macs -->\r\nold\r\n<!-- /mobilecalc -->\r\n"),
        "a\r\rb \0 \x0c\u2028 <!-- mobilecalc: value v1 macs -->old<!-- /mobilecalc --> \t",
        "<!-- mobilecalc: value v1 macs -->\n\n\n<!-- /mobilecalc -->",
    ],
)
def test_the_bytes_outside_of_an_answer_stay(folder, text):
    (folder / "note.md").write_bytes(text.encode())
    assert notes("update", "note.md").exit_code == 0
    after = (folder / "note.md").read_bytes().decode()
    end = text.index("-->") + 3
    assert after[:end] == text[:end]
    assert after.endswith(text[text.index("<!-- /mobilecalc") :])
    assert "568.7 M" in after


@pytest.mark.parametrize("extension", ["md", "rst", "tex", "typ"])
def test_a_byte_order_mark_hides_no_marker(folder, extension):
    opening = {"md": "<!-- {} -->", "rst": ".. {}", "tex": "% {}", "typ": "// {}"}[extension]
    lines = [opening.format("mobilecalc: value v1 macs"), opening.format("/mobilecalc"), ""]
    (folder / f"note.{extension}").write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode())
    assert "1 of 1 answer" in notes("update", f"note.{extension}").output
    assert (
        (folder / f"note.{extension}")
        .read_bytes()
        .startswith(b"\xef\xbb\xbf" + opening[:1].encode())
    )


def bad_documents(folder):
    (folder / "latin.md").write_bytes(b"stra\xdfe")
    (folder / "folder.md").mkdir()
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "device.md").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.md")
    (folder / "open.md").write_text("<!-- mobilecalc: models -->\n")
    with (folder / "huge.md").open("wb") as file:
        file.truncate(6_000_000_000)
    return ["latin.md", "folder.md", "loop.md", "device.md", "pipe.md", "open.md", "huge.md"]


def test_what_is_no_document_is_refused_and_nothing_is_written(folder):
    names = [*bad_documents(folder), "nothing.md", f"{'a' * 300}.md", "no/folder.md"]
    (folder / "good.md").write_text(STALE)
    there = sorted(folder.iterdir())
    for name in names:
        for action in ("check", "update"):
            result = notes(action, "good.md", name)
            assert isinstance(result.exception, BadDocument), name
            assert result.exception.exit_code == 2
    assert (folder / "good.md").read_text() == STALE
    assert sorted(folder.iterdir()) == there


AUDITED = """
import os, sys
forbidden = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn")
def audit(event, arguments):
    if event in forbidden:
        os._exit(99)
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        os._exit(98)
sys.addaudithook(audit)
sys.dont_write_bytecode = True
sys.argv = ["mobilecalc", "notes", *sys.argv[1:]]
from mobilecalc.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (STALE, 1),
        (FRESH, 0),
        ("", 0),
        (asks("breakdown v1 --by kind --counters none"), 1),
        (asks("breakdown net.py:make"), 2),
        (asks("rm -rf /"), 2),
        (asks(CHART), 1),
        ("<!-- mobilecalc: models -->", 2),
        ("<!-- mobilecalc: value " + "a" * 1_000_000 + " macs --><!-- /mobilecalc -->", 2),
    ],
)
def test_a_check_starts_no_process_writes_no_file_and_needs_no_write_access(folder, text, code):
    (folder / "note.md").write_text(text)
    (folder / "net.py").write_text("raise SystemExit('it ran')")
    before = files(folder)
    folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", AUDITED, "check", "note.md"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    folder.chmod(0o755)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 2000
    assert files(folder) == before
