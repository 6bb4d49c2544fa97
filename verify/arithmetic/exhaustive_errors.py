"""The error of exp, tanh and log in fp32 over all 2³² bit patterns:
``python -m attnproof.verify.arithmetic.exhaustive_errors FILE``.

Patterns are taken in blocks of consecutive ones, on which the exact function is monotone. A block is decided at once
where the computed results leave nothing to look for, else element by element against NumPy's float64 function:

    every result is the same number c     the error is largest at an end of the block, ``f`` being monotone
    every result is the argument (tanh)   ``|x − tanh x| ≤ |x|³/3``
    the exact results overflow (exp)      every result must be ∞
    there is no exact result              every result must be NaN

Contiguous arrays take the libraries' vector code; every other element of a longer array may take other code. Single
elements (0-d) are not measured apart. float64's own error (8 u(fp64) relative, an assumption) is added to every figure.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from attnproof.verify.arithmetic.formats import FP32
from attnproof.verify.arithmetic.function_errors import FUNCTIONS, SLACK, Framework
from attnproof.verify.arithmetic.recorded_errors import place

Float32 = npt.NDArray[np.float32]
PATHS: Final = ("contiguous", "strided")
BLOCK: Final = 1 << 17  # results and reference stay in the cache
PATTERNS: Final = 1 << 32


@dataclass
class Worst:
    """The largest errors so far: ``relative`` in u over normal results, ``absolute`` in η over the others; where, as a
    pattern.
    """

    relative: float = 0.0
    absolute: float = 0.0
    relative_at: int | None = None
    absolute_at: int | None = None
    decided: int = 0

    def take(self, error: npt.NDArray[np.float64], size: npt.NDArray[np.float64], bits: npt.NDArray[np.uint32]) -> None:
        """Absolute errors of results of the exact sizes ``size``."""
        error = error + SLACK * size
        normal = size >= FP32.smallest_normal
        with np.errstate(all="ignore"):
            relative = np.where(normal, error / size, 0.0) / FP32.unit_roundoff
        place = int(np.argmax(relative))
        if relative[place] > self.relative:
            self.relative, self.relative_at = float(relative[place]), int(bits[place])
        if not normal.all():
            absolute = np.where(normal, 0.0, error) / FP32.smallest_subnormal
            place = int(np.argmax(absolute))
            if absolute[place] > self.absolute:
                self.absolute, self.absolute_at = float(absolute[place]), int(bits[place])


def _numpy(function: str, strided: bool) -> Callable[[Float32], Float32]:
    operation = getattr(np, function)
    if not strided:
        return lambda x: np.asarray(operation(x))
    wide = np.zeros(2 * BLOCK, dtype=np.float32)

    def apply(x: Float32) -> Float32:
        view = wide[: 2 * len(x) : 2]
        view[:] = x
        return np.asarray(operation(view))

    return apply


def _torch(function: str, strided: bool) -> Callable[[Float32], Float32]:
    operation = getattr(torch, function)
    if not strided:
        return lambda x: np.asarray(operation(torch.from_numpy(x)).numpy())
    wide = torch.zeros(2 * BLOCK, dtype=torch.float32)

    def apply(x: Float32) -> Float32:
        view = wide[: 2 * len(x) : 2]
        view.copy_(torch.from_numpy(x))
        return np.asarray(operation(view).contiguous().numpy())

    return apply


def backends(function: str) -> dict[tuple[Framework, str], Callable[[Float32], Float32]]:
    """(library, path) -> the function on an fp32 array of at most BLOCK elements."""
    makers: dict[Framework, Callable[[str, bool], Callable[[Float32], Float32]]] = {"numpy": _numpy, "torch": _torch}
    return {(name, path): make(function, path == "strided") for name, make in makers.items() for path in PATHS}


def measure(
    function: str,
    starts: Iterable[int],
    found: dict[tuple[Framework, str], Worst],
    block: int = BLOCK,
    apply: dict[tuple[Framework, str], Callable[[Float32], Float32]] | None = None,
) -> None:
    """Take the blocks of patterns that begin at ``starts`` (multiples of ``block``, a power of two ≤ BLOCK) into
    ``found``.

    Raises ValueError where a result is NaN or infinite and should not be, or a number where none is due.
    """
    apply = apply or backends(function)
    for start in starts:
        bits = np.arange(start, start + block, dtype=np.uint32)
        x = bits.view(np.float32)
        reference: list[npt.NDArray[np.float64]] = []  # evaluated at most once for a block
        for key, operation in apply.items():
            with np.errstate(all="ignore"):
                got = operation(x)
            worst = found.setdefault(key, Worst())
            if not _at_once(function, bits, x, got, worst):
                if not reference:
                    with np.errstate(all="ignore"):
                        reference.append(getattr(np, function)(x.astype(np.float64)))
                _each(function, bits, x, got, reference[0], worst, key)
            worst.decided += block


def _at_once(function: str, bits: npt.NDArray[np.uint32], x: Float32, got: Float32, worst: Worst) -> bool:
    """Decide a whole block without its elements' exact values, where that is possible."""
    with np.errstate(invalid="ignore"):  # signalling NaNs become quiet ones
        ends = x[[0, -1]].astype(np.float64)
    if not np.all(np.isfinite(ends)):
        return bool(np.isnan(ends).all() and np.isnan(got).all())
    if function == "log" and ends[0] <= 0.0:
        return bool(ends.max() < 0.0 and np.isnan(got).all())
    with np.errstate(all="ignore"):
        exact = getattr(np, function)(ends)
    if np.all(exact > 2 * FP32.max):
        return bool(np.all(got == np.inf))
    if got[0] == got[-1] and np.all(got == got[0]) and np.isfinite(got[0]):
        error = np.abs(np.float64(got[0]) - exact)
        size = np.abs(exact)
        if size.min() < FP32.smallest_normal <= size.max():
            return False
        # The largest error over the least size, wherever in the block each is attained.
        worst.take(np.array([error.max() + SLACK * size.max()]), np.array([size.min()]), bits[:1])
        return True
    if function == "tanh" and np.abs(ends).max() < 2.0**-20 and np.array_equal(got, x):
        size = np.abs(ends)
        if size.min() < FP32.smallest_normal <= size.max():
            return False
        worst.take(size**3 / 3, size, bits[[0, -1]])
        return True
    return False


def _each(
    function: str,
    bits: npt.NDArray[np.uint32],
    x: Float32,
    got: Float32,
    reference: npt.NDArray[np.float64],
    worst: Worst,
    key: tuple[str, str],
) -> None:
    nothing = np.isnan(reference)
    beyond = np.abs(reference) > FP32.max  # an infinity, or what rounds to one or to the largest number
    keep = ~nothing & ~beyond
    value = got.astype(np.float64)
    wrong = (nothing & ~np.isnan(value)) | (keep & ~np.isfinite(value))
    wrong |= beyond & ~((np.abs(value) >= FP32.max) & (np.sign(value) == np.sign(reference)))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ValueError(f"{' '.join(key)}: {function}({float(x[place]).hex()}) gave {value[place]}")
    if keep.all():
        worst.take(np.abs(value - reference), np.abs(reference), bits)
    elif keep.any():
        worst.take(np.abs(value[keep] - reference[keep]), np.abs(reference[keep]), bits[keep])


def rows(function: str, found: dict[tuple[Framework, str], Worst]) -> list[dict[str, Any]]:
    """What is recorded: one row for each library and path."""
    return [
        {
            "library": library,
            **place(library, function),
            "function": function,
            "format": "fp32",
            "path": path,
            "grade": "exhaustive" if worst.decided == PATTERNS else "partial",
            **asdict(worst),
        }
        for (library, path), worst in found.items()
    ]


def main(arguments: list[str]) -> None:
    """All patterns of the functions named (default: all), with progress on stderr; the rows to FILE."""
    torch.set_num_threads(1)
    out: list[dict[str, Any]] = []
    for function in arguments[1:] or FUNCTIONS:
        found: dict[tuple[Framework, str], Worst] = {}
        apply = backends(function)
        share = PATTERNS // 64
        for part in range(64):
            measure(function, range(part * share, (part + 1) * share, BLOCK), found, apply=apply)
            sys.stderr.write(f"{function}: {part + 1}/64\n")
        out += rows(function, found)
        Path(arguments[0]).write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
