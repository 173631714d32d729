"""The sandbox: what a confined process can no longer do, tried in a process of its own."""

import socket
import subprocess
import sys
import threading

import pytest

from kg.engines import sandbox

PREAMBLE = """
import ctypes, mmap, os, resource, signal, socket, sys, threading
from pathlib import Path
from kg.engines import sandbox
pair = socket.socketpair()
readable = sys.argv[1]
confined = sandbox.confine(
    64 * 2**20, reads_files={reads_files}, reaches_others={reaches_others}
)
assert confined, "the kernel refused the filter"
def denied(action):
    try:
        action()
    except PermissionError:
        return
    raise SystemExit("allowed")
"""
READING = [
    "denied(lambda: open(readable))",
    "denied(lambda: os.open(readable, os.O_RDONLY))",
]
ALWAYS = [
    "denied(lambda: socket.socket())",
    "denied(lambda: socket.socket(socket.AF_UNIX))",
    "denied(lambda: socket.create_connection(('127.0.0.1', 9)))",
    "denied(lambda: socket.socketpair())",
    "denied(lambda: os.execv('/bin/true', ['true']))",
    "denied(lambda: os.fork())",
    "denied(lambda: os.kill(os.getppid(), 0))",
    "denied(lambda: os.open(readable, os.O_RDWR))",
    "denied(lambda: os.open(readable, os.O_WRONLY))",
    "denied(lambda: os.open(readable + '.new', os.O_RDONLY | os.O_CREAT))",
    "denied(lambda: os.unlink(readable))",
    "denied(lambda: os.rename(readable, readable + '.new'))",
    "denied(lambda: os.mkdir(readable + '.new'))",
    "denied(lambda: os.memfd_create('x'))",
]
STILL_WORKS = """
pair[0].sendall(b"x")
assert pair[1].recv(1) == b"x"
thread = threading.Thread(target=lambda: None)
thread.start()
thread.join()
assert os.urandom(8)
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
assert os.nice(0) > 0
try:
    mmap.mmap(-1, 256 * 2**20)
except OSError:
    pass
else:
    raise SystemExit("more memory than the limit")
"""


def run(code, readable, *more, reads_files, reaches_others=False):
    text = PREAMBLE.format(reads_files=reads_files, reaches_others=reaches_others) + code
    return subprocess.run(
        [sys.executable, "-c", text, str(readable), *map(str, more)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("reads_files", [False, True])
def test_sockets_programs_and_writing_are_denied(tmp_path, reads_files):
    readable = tmp_path / "file"
    readable.write_text("untouched")
    code = "\n".join([*ALWAYS, *([] if reads_files else READING)]) + STILL_WORKS
    done = run(code, readable, reads_files=reads_files)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert readable.read_text() == "untouched"


def test_files_can_be_read_where_a_store_on_disk_needs_it(tmp_path):
    readable = tmp_path / "file"
    readable.write_text("read")
    done = run("assert open(readable).read() == 'read'", readable, reads_files=True)
    assert (done.returncode, done.stderr) == (0, "")


def answer(server):
    server.settimeout(10)
    with server.accept()[0] as connection:
        connection.sendall(b"!")


def test_who_may_ask_servers_opens_no_other_sockets(tmp_path):
    readable = tmp_path / "file"
    readable.write_text("read")
    sockets = ("denied(lambda: socket.socket())", "denied(lambda: socket.create_connection")
    kept = [line for line in ALWAYS if not line.startswith(sockets)]
    assert len(kept) == len(ALWAYS) - 2
    code = [
        *kept,
        "denied(lambda: socket.create_server(('127.0.0.1', 0)))",
        "denied(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))",
        "assert open(readable).read() == 'read'",
        "client = socket.create_connection(('127.0.0.1', int(sys.argv[2])))",
        "assert client.recv(1) == b'!'",
    ]
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answering = threading.Thread(target=answer, args=(server,))
        answering.start()
        done = run("\n".join(code), readable, port, reads_files=False, reaches_others=True)
        answering.join()
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_machine_goes_without_a_filter(monkeypatch):
    monkeypatch.setattr(sandbox, "_MACHINES", {})
    assert sandbox._filter(reads_files=False) is False


@pytest.mark.parametrize(("column", "architecture"), sandbox._MACHINES.values())
@pytest.mark.parametrize("reads_files", [False, True])
@pytest.mark.parametrize("reaches_others", [False, True])
def test_the_filter_fits_the_kernel_and_jumps_nowhere_outside(
    column, architecture, reads_files, reaches_others
):
    code = sandbox._program(
        column, architecture, reads_files=reads_files, reaches_others=reaches_others
    )
    steps = len(code) // 8
    assert len(code) % 8 == 0
    assert 50 < steps <= 4096
    for number in range(steps):
        if code[8 * number] & 0x07 == 0x05:
            assert number + 1 + max(code[8 * number + 2], code[8 * number + 3]) < steps
