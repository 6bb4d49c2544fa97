"""What is imported late: a process that does little imports little.

One process goes from what needs least to what needs most, so that nothing named by an earlier line is there by a later.
"""

from __future__ import annotations

import subprocess
import sys

STEPS = """
import sys

def absent(*names):
    there = {*names} & {*sys.modules}
    assert not there, f"{there} imported"

from attnproof.derivations.claims import CLAIMS
CLAIMS["S5"]
absent("attnproof.derivations.claims.s6")  # asking for one claim does not build the others
import attnproof.verify.checking.check
absent("torch", "jax", "hypothesis")  # who waits for a check's findings computes in no library
from attnproof.reports.commands.main import main
main(["claim", "B4"])  # decides it and prints it
absent("pandas", "jinja2", "torch")  # NumPy serves the ring that decides identities twice
"""


def test_a_process_imports_what_it_needs() -> None:
    done = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "B4" in done.stdout
