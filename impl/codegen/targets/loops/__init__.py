"""Scalar loops over indices, for single formulas: Numba functions, Triton kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from attnproof.derivations.formulas import Formula
from attnproof.impl.codegen.targets.loops import numba, triton


@dataclass(frozen=True)
class Loops:
    """A target that writes single formulas as loops.

    source     the module's text; ValueError for what has no code
    functions  elementwise function -> its text
    """

    source: Callable[[Formula], str]
    functions: Mapping[str, str]


LOOPS: Final[Mapping[str, Loops]] = MappingProxyType(
    {
        "numba": Loops(numba.source, numba.LANGUAGE.functions),
        "triton": Loops(triton.source, triton.FUNCTIONS),
    }
)
