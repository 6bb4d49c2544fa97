"""NumPy's ufuncs, and SciPy's: called, reduced, accumulated, at places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_numpy import complex_numbers
from attnproof.verify.recording.in_numpy.array import Recorded, made, plain, recorded
from attnproof.verify.recording.in_numpy.complex_numbers import concerned
from attnproof.verify.recording.in_numpy.memory import Memory
from attnproof.verify.recording.rules import choices, places, sums
from attnproof.verify.recording.rules.elementwise import BINARY, UNARY
from attnproof.verify.recording.rules.numbers import Numbers, constant, fit, is_float, repeated, where
from attnproof.verify.recording.tape import Tape

Rule = Callable[..., Numbers]
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def _renamed(rules: Mapping[str, Rule], **names: str) -> dict[str, Rule]:
    """Rules by the names that NumPy or SciPy give them."""
    return {name: rules[known] for name, known in ({name: name for name in rules} | names).items()}


def matmul(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    """A product of matrices, stacks of them, or vectors."""
    mine = "ik" if a.ids.ndim > 1 else "k"
    theirs = "kj" if b.ids.ndim > 1 else "k"
    stacks = [LETTERS[-n:] if n else "" for n in (max(a.ids.ndim - 2, 0), max(b.ids.ndim - 2, 0))]
    output = max(stacks, key=len) + mine[:-1] + theirs[1:]
    return contracted(tape, a, b, (stacks[0] + mine, stacks[1] + theirs), output)


def contracted(tape: Tape, a: Numbers, b: Numbers, labels: tuple[str, str], output: str) -> Numbers:
    """Sums of products; narrow formats are summed in fp32."""
    return sums.contract(tape, a, b, labels, output, computed="fp32" if a.dtype.itemsize < 4 else "")


def _vectors(mine: str, theirs: str, output: str) -> Rule:
    def rule(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
        stacks = [LETTERS[-n:] if n else "" for n in (a.ids.ndim - len(mine), b.ids.ndim - len(theirs))]
        return contracted(tape, a, b, (stacks[0] + mine, stacks[1] + theirs), max(stacks, key=len) + output)

    return rule


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        **_renamed(
            UNARY,
            negative="neg",
            absolute="abs",
            fabs="abs",
            rint="round",
            arctanh="atanh",
            expit="sigmoid",
            log_expit="log_sigmoid",
        ),
        **_renamed(
            BINARY,
            subtract="sub",
            multiply="mul",
            divide="div",
            true_divide="div",
            power="pow",
            float_power="pow",
            maximum="max",
            minimum="min",
        ),
        "positive": lambda _, a: a,
        "conjugate": lambda _, a: a,
        "clip": lambda tape, a, low, high: choices.clamp(tape, low, a, high),
        "matmul": matmul,
        "vecdot": _vectors("k", "k", ""),
        "matvec": _vectors("ik", "k", "i"),
        "vecmat": _vectors("k", "kj", "j"),
    }
)
PAIRS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"divmod": ("floor_divide", "remainder")})
# Where a product of matrices or vectors has its axes, if not last: no rule knows of it.
OTHER_AXES: Final = frozenset({"axes", "keepdims"})
# What masked places, and the start of a reduction, hold.
NEUTRAL: Final = MappingProxyType(
    {"add": 0.0, "multiply": 1.0, "maximum": -np.inf, "fmax": -np.inf, "minimum": np.inf, "fmin": np.inf,
     "logaddexp": -np.inf}
)  # fmt: skip
PICKS: Final[Mapping[str, tuple[str, Callable[..., Any]]]] = MappingProxyType(
    {
        "maximum": ("max", np.argmax),
        "minimum": ("min", np.argmin),
        "fmax": ("max", lambda x, axis: np.argmax(np.where(np.isnan(x), -np.inf, x), axis)),
        "fmin": ("min", lambda x, axis: np.argmin(np.where(np.isnan(x), np.inf, x), axis)),
    }
)


def apply(memory: Memory, ufunc: Any, method: str, inputs: Any, kwargs: Any) -> Any:
    """Run a method of a ufunc on values and on elements."""
    if method == "at":
        return _at(memory, ufunc, *inputs)
    if method == "__call__" and not kwargs and concerned(inputs) and ufunc.__name__ in complex_numbers.RULES:
        return complex_numbers.RULES[ufunc.__name__](*inputs)
    kwargs = dict(kwargs)
    out, mask = kwargs.pop("out", None), kwargs.pop("where", True)
    if method == "outer":
        a, b = inputs
        inputs, method = (np.reshape(a, (*np.shape(a), *(1 for _ in np.shape(b)))), b), "__call__"
    given = plain(inputs)
    if method == "__call__" and mask is not True:
        with np.errstate(all="ignore"):
            values = getattr(ufunc, method)(*given, **plain(kwargs))
    else:
        options = {} if method != "reduce" or mask is True else {"where": plain(mask)}
        values = getattr(ufunc, method)(*given, **plain(kwargs), **options)
    results = values if isinstance(values, tuple) else (values,)
    found = []
    for n, result in enumerate(results):
        name = PAIRS.get(ufunc.__name__, (ufunc.__name__,) * ufunc.nout)[n]
        found.append(_result(memory, ufunc, name, method, inputs, kwargs, mask, np.asarray(result)))
    outs = out if isinstance(out, tuple) else (None,) * len(found)
    every = [
        _delivered(memory, result, number, target, mask if method == "__call__" else True)
        for result, number, target in zip(results, found, outs, strict=True)
    ]
    return tuple(every) if isinstance(values, tuple) else every[0]


def _result(
    memory: Memory, ufunc: Any, name: str, method: str, inputs: Any, kwargs: Any, mask: Any, values: Any
) -> Numbers | None:
    """The numbers of one result; None where it is made of integers or truth values."""
    tape, first = memory.tape, memory.tape.elements
    if not is_float(values.dtype):
        operands = [memory.numbers(x) for x in inputs if isinstance(x, np.ndarray) and is_float(x.dtype)]
        choices.note(tape, "compare", values, *operands)
        if values.dtype.kind in "Oc":  # ``numpy.frompyfunc`` hands Python numbers to a function
            tape.leave(f"numpy.{ufunc.__name__}", np.concatenate([x.ids.ravel() for x in operands]))
        return None
    operands = [fit(tape, memory.numbers(x, values.dtype), values.dtype) for x in inputs[: ufunc.nin]]
    found: Numbers | None = None
    if method == "__call__" and name in RULES and kwargs.get("axis", -1) == -1 and not kwargs.keys() & OTHER_AXES:
        found = RULES[name](tape, *operands)
    elif method == "reduce":
        found = _reduced(tape, name, operands[0], kwargs, mask)
    elif method == "accumulate" and name in RULES:
        axis = kwargs.get("axis", inputs[1] if len(inputs) > 1 else 0)
        found = (
            sums.running_total(tape, operands[0], axis)
            if name == "add"
            else sums.running_by(tape, operands[0], axis, RULES[name])
        )
    elif method == "reduceat":
        axis, starts = kwargs.get("axis", 0), list(inputs[1])
        rows = operands[0].move(lambda x: np.moveaxis(x, axis, 0))
        ends = [
            end if end > start else start + 1 for start, end in zip(starts, [*starts[1:], rows.shape[0]], strict=True)
        ]
        parts = [_reduced(tape, name, rows[a:b], {"axis": 0}, True) for a, b in zip(starts, ends, strict=True)]
        found = sums.joined([part for part in parts if part], axis) if all(parts) else None
    if found is None:
        return memory.opaque(values, name if method == "__call__" else f"{name}.{method}", *operands)
    tape.correct(first, found.ids, values)
    return Numbers(values, found.ids)


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes that ``axis`` says: all for None."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(n % ndim for n in (axis if isinstance(axis, tuple | list) else (int(axis),))) if ndim else ()


def _reduced(tape: Tape, name: str, a: Numbers, kwargs: Mapping[str, Any], mask: Any) -> Numbers | None:
    axes, keep = axes_of(kwargs.get("axis", 0), a.ids.ndim), bool(kwargs.get("keepdims", False))
    initial = kwargs.get("initial")
    initial = None if initial is None or initial is np._NoValue else float(initial)
    if name not in NEUTRAL:
        return None
    if mask is not True:
        start = NEUTRAL[name] if initial is None or name in {"add", "multiply"} else initial
        a = where(np.broadcast_to(plain(mask), a.shape), a, repeated(tape, start, a))
    if name in PICKS:
        if any(a.shape[n] == 0 for n in axes):
            shape = [1 if n in axes else length for n, length in enumerate(a.shape) if keep or n not in axes]
            return constant(tape, np.full(shape, initial, a.dtype))
        kind, place = PICKS[name]
        found = choices.pick(tape, kind, a, axes, place, keep=keep) if axes else a
    elif name == "add":
        found = sums.total(tape, a, axes, keep=keep, computed=accumulated(a, axes))
    elif name == "multiply":
        found = sums.product(tape, a, axes, keep=keep)
    else:
        found = sums.log_sum_exp(tape, a, axes, keep=keep)
    if initial is not None and initial != NEUTRAL[name]:
        found = RULES[name](tape, found, repeated(tape, initial, found))
    return found


def accumulated(a: Numbers, axes: tuple[int, ...]) -> str:
    """The format of the running sum of ``add.reduce``: fp16 is added in fp32 along the axes that lie innermost in
    memory, if those alone are summed, and rounded to fp16 at every step along others.
    """
    if a.dtype.itemsize >= 4 or not axes:
        return ""
    long = sorted((abs(a.values.strides[n]), n) for n in range(a.ids.ndim) if a.shape[n] > 1)
    inner = long[: sum(a.shape[n] > 1 for n in axes)]
    nested = all(step * a.shape[n] == after for (step, n), (after, _) in pairwise(inner))
    return "fp32" if nested and {n for _, n in inner} <= set(axes) else ""


def _delivered(memory: Memory, result: Any, numbers: Numbers | None, out: Any, mask: Any) -> Any:
    """A result as it is returned, or written into ``out``."""
    if out is None:
        if numbers is None:
            return result
        if mask is not True:
            rest = constant(memory.tape, np.zeros_like(numbers.values))  # NumPy leaves there what memory held
            numbers = where(np.broadcast_to(plain(mask), numbers.shape), numbers, rest)
        return made(memory, numbers, scalar=not numbers.ids.ndim)
    where_ = ... if mask is True else np.broadcast_to(plain(mask), out.shape)
    if numbers is None or not is_float(out.dtype):
        out.view(np.ndarray)[where_] = np.broadcast_to(result, out.shape)[where_]
        return out
    numbers = fit(memory.tape, numbers, out.dtype).to(out.shape)
    memory.place(out, numbers[where_], where_)
    return out if isinstance(out, Recorded) else recorded(memory, out)


def _at(memory: Memory, ufunc: Any, a: Any, index: Any, *updates: Any) -> None:
    """Unbuffered, in place, one update after another."""
    tape, first = memory.tape, memory.tape.elements
    index = plain(index)
    numbers = memory.numbers(a)
    hit = np.arange(numbers.ids.size).reshape(numbers.shape)[index]
    parts = [fit(tape, memory.numbers(x, numbers.dtype), numbers.dtype).to(hit.shape) for x in updates]
    ufunc.at(a.view(np.ndarray), index, *plain(updates))
    values = a.view(np.ndarray).copy()
    flat = numbers.move(np.ravel)
    name = ufunc.__name__
    if name in RULES and len(parts) == 1:
        do = places.add_at if name == "add" else partial(places.do_at, rule=RULES[name])
        found = do(tape, flat, hit, parts[0]).move(lambda x: x.reshape(numbers.shape))
        tape.correct(first, found.ids, values)
    else:
        found = memory.opaque(values, f"{name}.at", numbers, *parts)
    memory.place(a, Numbers(values, found.ids))
