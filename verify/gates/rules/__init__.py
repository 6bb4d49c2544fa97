"""The rules, one module for each benchmark or library, each from its source at a commit that it names."""

from __future__ import annotations

from typing import Final

from attnproof.verify.gates.rules import (
    assert_close,
    backendbench,
    composable_kernel,
    flash_attention,
    flashinfer_bench,
    gpu_mode,
    kernelbench,
)
from attnproof.verify.gates.rules.gate import Asked, Gate, Law

MODULES: Final = (
    kernelbench,
    backendbench,
    flashinfer_bench,
    gpu_mode,
    composable_kernel,
    flash_attention,
    assert_close,
)
GATES: Final[tuple[Gate, ...]] = tuple(gate for module in MODULES for gate in module.GATES)

__all__ = ["GATES", "Asked", "Gate", "Law"]
