"""What exp, tanh and log are taken to err by in every bound, measured: rows of ``tables/functions.csv``.

A row is one library, function, format and way of calling. ``theory_value`` is the relative error that the bounds allow
for, in u (``limit_absolute`` the absolute one, in η, for results below the normal range), ``measured`` the largest one
found; a row fails where either is exceeded.

    fp16, bf16   all 65,536 inputs: the bounds allow for what is measured, which must not exceed what is documented
    fp32         seeded blocks of consecutive patterns, contiguous and strided; in ``thorough`` all 2³² of them, in
                 SHARES units for a function; and a seeded sample of single elements, short arrays and views, which
                 could take other code
    fp64         a seeded sample

Softmax in torch has an exp of its own, which is seen where the sum rounds to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np
import torch

from attnproof.verify.arithmetic.backends import function_error, softmax_exp_error
from attnproof.verify.arithmetic.exhaustive_errors import BLOCK, PATTERNS, Float32, Worst, measure
from attnproof.verify.arithmetic.formats import FP32
from attnproof.verify.arithmetic.function_errors import FUNCTIONS, Framework, FunctionError, sample
from attnproof.verify.arithmetic.function_errors import measure as measure_half
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.rows.tables import FunctionsRow
from attnproof.verify.unit import Unit, generator

LIBRARIES: Final[tuple[Framework, ...]] = ("numpy", "torch")
SHARES: Final = 16  # units that take all patterns of one function, so that they run side by side and report progress
BLOCKS, LENGTH = 768, 1 << 12  # patterns drawn in fp32
FEW_BLOCKS, FEW = 48, 256  # the same for ways of calling that cost a Python call for each element
IN_FP64: Final = 2000
LOWEST_IN_SOFTMAX, HIGHEST_IN_SOFTMAX, ROW = -103.0, -22.0, 16


def plan(options: Options) -> list[Unit]:
    """Nothing in ``quick``; samples of each function from ``standard`` on, in ``thorough`` all patterns of fp32 as
    well.
    """
    if options.profile == "quick" or "cpu" not in options.devices:
        return []
    where = "attnproof.verify.arithmetic.measured_errors:run"
    units = [Unit(f"functions/{name}", "functions", where, {"function": name}, cost=1.0) for name in FUNCTIONS]
    if options.profile == "thorough" and "fp32" in options.dtypes:
        units += [
            Unit(f"functions/{name}/{k}", "functions", where, {"function": name, "share": k}, cost=40.0)
            for name in FUNCTIONS
            for k in range(SHARES)
        ]
    return units


def run(arguments: Mapping[str, Any], options: Options) -> list[FunctionsRow]:
    """The rows of one unit."""
    function = str(arguments["function"])
    if "share" in arguments:
        return _share(function, int(arguments["share"]))
    rows: list[FunctionsRow] = []
    for dtype in options.dtypes:
        if dtype == "fp32":
            rows += _blocks(function, options.seed)
        elif dtype == "fp64":
            rows += [
                _judged(sample(lib, function, dtype, IN_FP64, options.seed), lib, function, dtype, "sample", IN_FP64)
                for lib in LIBRARIES
            ]
        else:
            half = [lib for lib in LIBRARIES if (lib, dtype) != ("numpy", "bf16")]
            rows += [_half(lib, function, dtype) for lib in half]
    return rows


def _half(library: Framework, function: str, dtype: str) -> FunctionsRow:
    limit = function_error(library, function, dtype, documented=True)
    found = measure_half(library, function, dtype)
    return _judged(found, library, function, dtype, "all", 1 << 16, limit=limit, taken=found)


def _share(function: str, number: int) -> list[FunctionsRow]:
    """All patterns of one share."""
    length = PATTERNS // SHARES
    found: dict[tuple[Framework, str], Worst] = {}
    measure(function, range(number * length, (number + 1) * length, BLOCK), found)
    return [_row(key, function, worst, f"/{number}") for key, worst in found.items()]


def _blocks(function: str, seed: int) -> list[FunctionsRow]:
    rng = generator(seed, "functions", function)
    found: dict[tuple[Framework, str], Worst] = {}
    measure(function, _starts(rng, BLOCKS, LENGTH), found, block=LENGTH)
    measure(function, _starts(rng, FEW_BLOCKS, FEW), found, block=FEW, apply=ways(function))
    rows = [_row(key, function, worst) for key, worst in found.items()]
    if function == "exp":
        worst = in_softmax(rng.uniform(LOWEST_IN_SOFTMAX, HIGHEST_IN_SOFTMAX, (LENGTH, ROW)).astype(np.float32))
        limit = softmax_exp_error("torch", "fp32")
        rows.append(_row(("torch", "inside softmax"), function, worst, limit=limit))
    return rows


def _starts(rng: np.random.Generator, count: int, length: int) -> list[int]:
    """Where blocks begin: half of them anywhere among the patterns, half among those of numbers from 2⁻⁶ to 2⁷ in size,
    either sign.

    Most patterns are NaN, or numbers so small or large that nothing but a limit is left to compute.
    """
    near = [int(np.float32(2.0**e).view(np.uint32)) for e in (-6, 7)]
    anywhere = rng.integers(PATTERNS // length, size=count - count // 2) * length
    telling = rng.integers(near[0] // length, near[1] // length, size=count // 2) * length
    return [int(k) for k in (*anywhere, *(telling + (rng.random(len(telling)) < 0.5) * (PATTERNS // 2)))]


def ways(function: str) -> dict[tuple[Framework, str], Callable[[Float32], Float32]]:
    """(library, way) -> the function of an fp32 array, called in ways that need not take the code of long arrays."""
    n, t = getattr(np, function), getattr(torch, function)

    def pieces(x: Float32) -> Iterable[Float32]:
        """1, 2, 3 … elements: every number of elements that may be left beside whole vectors."""
        ends = np.cumsum(np.arange(len(x)))
        return np.split(x, ends[ends < len(x)])

    def square(x: Float32) -> Float32:
        return x.reshape(-1, 16)

    return {
        ("numpy", "single elements"): lambda x: np.array([n(value) for value in x], dtype=np.float32),
        ("torch", "single elements"): lambda x: np.array(
            [float(t(value)) for value in torch.from_numpy(x)], np.float32
        ),
        ("numpy", "short arrays"): lambda x: np.concatenate([n(piece) for piece in pieces(x)]),
        ("torch", "short arrays"): lambda x: np.concatenate([t(torch.from_numpy(p)).numpy() for p in pieces(x)]),
        ("numpy", "transposed"): lambda x: np.ascontiguousarray(n(np.ascontiguousarray(square(x).T).T)).ravel(),
        ("torch", "transposed"): lambda x: t(torch.from_numpy(square(x)).T.contiguous().T).contiguous().numpy().ravel(),
        ("numpy", "reversed"): lambda x: np.asarray(n(np.ascontiguousarray(x[::-1])[::-1])),
        ("torch", "broadcast"): lambda x: t(torch.from_numpy(x)[:, None].expand(-1, 3))[:, 1].contiguous().numpy(),
    }


def in_softmax(x: Float32, softmax: Callable[[torch.Tensor], torch.Tensor] = lambda y: torch.softmax(y, -1)) -> Worst:
    """The error of exp inside a softmax over rows (0, x): its sum rounds to 1, so that what it gives for x is its exp
    itself.

    x: fp32 (rows, n) with ``n e^x < 2⁻²⁵`` everywhere, so that neither the sum nor its quotients round to anything
    else.
    """
    if not x.shape[-1] * np.exp(x.max().astype(np.float64)) < 2.0**-25:
        raise ValueError(f"expected x with n e^x < 2^-25, got a largest x of {x.max()} for n = {x.shape[-1]}")
    rows = np.concatenate([np.zeros_like(x[:, :1]), x], axis=-1)
    got = softmax(torch.from_numpy(rows)).numpy()[:, 1:].astype(np.float64).ravel()
    exact = np.exp(x.astype(np.float64)).ravel()
    worst = Worst(decided=x.size)
    worst.take(np.abs(got - exact), exact, x.view(np.uint32).ravel())
    return worst


def _row(
    key: tuple[Framework, str], function: str, worst: Worst, part: str = "", limit: FunctionError | None = None
) -> FunctionsRow:
    library, way = key
    found = FunctionError(worst.relative, worst.absolute, "exhaustive" if part else "sampled", "")
    at = None if worst.relative_at is None else float(np.uint32(worst.relative_at).view(np.float32)).hex()
    return _judged(found, library, function, FP32.name, way, worst.decided, part, limit, at=at)


def _judged(
    found: FunctionError,
    library: Framework,
    function: str,
    dtype: str,
    way: str,
    inputs: int,
    part: str = "",
    limit: FunctionError | None = None,
    taken: FunctionError | None = None,
    at: str | None = None,
) -> FunctionsRow:
    """The row that compares what was found with its limit (default: what the bounds rest on); ``taken`` is what they
    rest on where it differs.
    """
    limit = limit or function_error(library, function, dtype)
    taken = taken or limit
    wrong = limit.contradicts(found)
    reason = (
        f"errs by {found.relative:.6g} u and {found.absolute:.6g} η, which contradicts {limit.relative:.6g} u and "
        f"{limit.absolute:.6g} η ({limit.origin})"
    )
    return FunctionsRow(
        id=f"functions/{library}/{function}/{dtype}/{way.replace(' ', '-')}{part}",
        theory="|f̂(x) − f(x)| ≤ r u |f(x)|, and ≤ a η where f(x) is below the normal range",
        theory_value=limit.relative,
        measured=found.relative,
        uncertainty=0,
        grade="exhaustive" if found.grade == "exhaustive" else "sampled",
        verdict=FAIL if wrong else PASS,
        reason=reason if wrong else None,
        implementation=library,
        dtype=dtype,
        device="cpu",
        function=function,
        way=way,
        inputs=inputs,
        limit_absolute=limit.absolute,
        measured_absolute=found.absolute,
        bounds_allow=taken.relative,
        bounds_grade=taken.grade,
        origin=taken.origin,
        at=at,
    )
