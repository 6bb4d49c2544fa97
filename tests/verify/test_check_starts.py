"""The process that waits for a check's findings imports no library that targets compute in."""

from __future__ import annotations

import subprocess
import sys


def test_who_waits_for_findings_imports_no_torch() -> None:
    code = "import sys, attnproof.verify.checking.check; print({'torch', 'jax', 'hypothesis'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
