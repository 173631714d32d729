import sys
import time
from pathlib import Path

from kg.bench.processes import Group

FAMILY = """
import subprocess, sys, time
own = [open('/dev/null') for _ in range(50)]
sleeper = [sys.executable, '-c', 'import time; time.sleep(60)']
child = subprocess.Popen(sleeper, start_new_session=True)
print('ready', flush=True)
time.sleep(60)
"""


def test_a_group_is_measured_and_ended_as_a_whole(tmp_path: Path) -> None:
    group = Group([sys.executable, "-c", FAMILY], tmp_path, {"NAME": "value"})
    deadline = time.monotonic() + 20
    while group.output.read_text("utf-8") != "ready\n" and time.monotonic() < deadline:
        time.sleep(0.01)
    members = group.members()
    assert len(members) == 2
    assert group.descriptors() > 50
    assert 2**20 < group.pss() < 2**30
    group.stop()
    assert not group.is_running()
    assert group.members() == []
    assert not any((Path("/proc") / str(pid) / "exe").exists() for pid in members)
