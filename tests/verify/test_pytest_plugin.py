"""The plugin, in a test run of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
from attnproof.verify.checking.pytest_plugin import attention_test

def right(query, key, value):
    return (query @ key.mT).softmax(-1) @ value

def wrong(query, key, value):
    return (-query @ key.mT).softmax(-1) @ value

def test_right(attnproof_check):
    attnproof_check(right, "dot", properties=("values",), dtypes=("fp64",))

def test_wrong(attnproof_check):
    attnproof_check(wrong, "dot", properties=("values",), dtypes=("fp64",))

test_each = attention_test(right, "dot", properties=("values", "repeatable", "poison"), dtypes=("fp64",))
"""


@pytest.mark.slow
def test_fixture_and_one_line_test(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(TESTS, encoding="utf-8")
    # pytest finds the plugin by the entry point that the installation registers, as in any other repository.
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "1 failed, 3 passed, 1 skipped" in done.stdout, done.stdout + done.stderr
    assert "FAULT FOUND" in done.stdout
