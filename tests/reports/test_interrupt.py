"""A real run, interrupted from outside."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_reports import report

from attnproof.verify.run.place import place_for_report

PATIENCE = 120  # seconds that nothing here takes, on a busy machine either
# A shell starts what runs in the background with Ctrl-C ignored, and children inherit that: the tests may run there.
HEEDING = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.executable, sys.argv[1:])"
START = [
    sys.executable,
    "-c",
    HEEDING,
    sys.executable,
    "-m",
    "attnproof.reports.commands.main",
    "verify",
    "--profile",
    "quick",
    "--only",
    "dot",
    "--workers",
    "2",
    "--out",
]


def processes_of_group(group: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, process_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(process_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def heeds_sigterm(process: int) -> bool:
    """Whether the command line has begun: Python itself has no handler for it."""
    (caught,) = (line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def wait_until(true) -> bool:
    end = time.monotonic() + PATIENCE
    while not (reached := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return reached


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see the processes left behind")
@pytest.mark.parametrize(
    ("number", "to_group", "status", "word", "processes"),
    [
        (signal.SIGINT, True, 130, "interrupted", 4),  # Ctrl-C while the workers are starting ...
        (signal.SIGINT, True, 130, "interrupted", 0),  # ... and while they work
        (signal.SIGTERM, False, 143, "terminated", 3),  # what a time limit sends, to the parent alone
        (signal.SIGTERM, False, 143, "terminated", 1),  # while it imports what it needs
        (signal.SIGINT, True, 130, "interrupted", 1),
        (signal.SIGKILL, False, -9, "", 0),
    ],
)
def test_an_ended_run_leaves_the_previous_report_and_nothing_else(
    tmp_path: Path, number: int, to_group: bool, status: int, word: str, processes: int
) -> None:
    out = report(tmp_path / "out")
    run = subprocess.Popen(
        [*START, str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert run.stdout is not None
        if processes:
            assert wait_until(lambda: heeds_sigterm(run.pid))
            assert wait_until(lambda: len(processes_of_group(run.pid)) >= processes)
            if processes > 1:
                time.sleep(0.5)  # ... and are importing, where an interrupt would show a traceback
        else:
            assert re.fullmatch(r" +\d+ % \(\d+ of \d+ units\), \d+ s\n", run.stdout.readline()), run.communicate()
        (os.killpg if to_group else os.kill)(run.pid, number)
        _, complaints = run.communicate(timeout=PATIENCE)
        assert run.returncode == status
        if word:
            kept = "; the previous report is untouched"
            early = [f"attnproof: {word}\n"] if processes == 1 else []  # it may not have looked yet
            assert complaints in [f"attnproof: {word}{kept}\n", *early]
        assert wait_until(lambda: not processes_of_group(run.pid))
    finally:
        for left in processes_of_group(run.pid):
            os.kill(left, signal.SIGKILL)
        run.wait()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (out / "index.html").read_text() == "page"
    assert place_for_report(out) == out  # and the next run is not stopped


INSIDE_A_TEXT = """
import attnproof.reports.commands.show as show
show.run = lambda given: exec("import signal; signal.raise_signal(signal.SIGINT)")
"""


def test_an_interrupt_inside_executed_text_has_its_status_too(tmp_path: Path) -> None:
    """Under ``python -m`` a bare KeyboardInterrupt that leaves ``exec`` ends Python by the signal, handled or not."""
    text = "from attnproof.reports.commands.main import main\nimport sys\nsys.exit(main(['list']))\n"
    (tmp_path / "told.py").write_text(INSIDE_A_TEXT + text)
    told = [sys.executable, "-c", HEEDING, sys.executable, "-m", "told"]
    run = subprocess.run(told, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (130, "attnproof: interrupted\n")
