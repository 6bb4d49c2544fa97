"""Copies of the test's own process where the program starts new ones, which import torch for seconds.

Some test of each command keeps the new ones.
"""

from __future__ import annotations

import multiprocessing
import warnings

import pytest


def copy_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, within the test, fork in place of spawn."""
    for kind in (RuntimeWarning, DeprecationWarning):  # JAX's and Python's, of threads: the copy uses none of theirs
        warnings.filterwarnings("ignore", r".*\bfork\b", kind)
    copied = multiprocessing.get_context("fork")
    monkeypatch.setattr(multiprocessing, "get_context", lambda _method: copied)
