"""Scalar loops over indices, for single formulas: Numba functions, Triton kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from attnproof.derivations.formulas import Formula
from attnproof.impl.codegen.targets.loops import numba, triton


@dataclass(frozen=True)
class Loops:
    """A target that writes single formulas as loops.

    source     the module's text, which imports what it needs from ``module``; ValueError for what has no code
    runtime    the text of ``module``
    functions  elementwise function -> its text
    """

    source: Callable[[Formula], str]
    module: str
    runtime: Path
    functions: Mapping[str, str]


LOOPS: Final[Mapping[str, Loops]] = MappingProxyType(
    {
        "numba": Loops(numba.source, numba.MODULE, numba.RUNTIME, numba.LANGUAGE.functions),
        "triton": Loops(triton.source, triton.MODULE, triton.RUNTIME, triton.FUNCTIONS),
    }
)
