"""``assert_close`` for other people's tests: the reference function in place of tolerances."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from attnproof.verify.against.enclosing import Enclosed, enclosed
from attnproof.verify.against.evaluations import evaluations
from attnproof.verify.against.listening import Heard, framework_of, heard, is_real, leaves, mapped
from attnproof.verify.against.patterns import pattern
from attnproof.verify.against.rows import Rows, Sample, rows_of, sample
from attnproof.verify.against.theirs import RaisedError
from attnproof.verify.arithmetic.formats import FORMATS, TYPES, Array
from attnproof.verify.bounds import Bound
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.numbers import reals

FORMAT_OF: Final = {theirs: ours for ours, theirs in TYPES.items()}
NO_TOLERANCE: Final = (
    "assert_close takes no {}: the bound of each element is derived from what the reference does with these inputs. "
    "computed_in= says in which format the program computes where that is not its inputs' own"
)
LOG: Final = logging.getLogger("attnproof")
SHOWN: Final = 6
Message = str | Callable[[str], str] | None


class UndecidedError(Exception):
    """Nothing can be said about a result: neither that it is right nor that it is wrong. The message says why."""


@dataclass(frozen=True)
class How:
    """What a caller says of the program whose result it is; see ``assert_close``."""

    computed_in: str | None
    chain: int | None
    regrouped: bool
    check_dtype: bool | None
    check_device: bool
    equal_nan: bool


@dataclass(frozen=True)
class Part:
    """Which rows of a result are looked at: in words, and the place in it of a place among them."""

    words: str = ""
    places: Callable[[tuple[int, ...]], list[int]] = list


def assert_close(
    actual: Any,
    reference: Callable[..., Any],
    *inputs: Any,
    upstream: Any = None,
    computed_in: str | None = None,
    chain: int | None = None,
    regrouped: bool = False,
    rows: int | Sample | None = None,
    check_dtype: bool | None = None,
    check_device: bool = True,
    equal_nan: bool = False,
    msg: Message = None,
    **tolerances: Any,
) -> None:
    """Raise AssertionError, with one diagnosis, unless ``actual`` is what ``reference(*inputs)`` means, up to rounding.

    actual        a torch tensor, a JAX or NumPy array, or nested tuples, lists and mappings of them, as the reference
                  returns them
    reference     a function of torch tensors, JAX or NumPy arrays: the formula as anybody would write it. It is called
                  once, its operations are recorded and evaluated exactly, and each element gets a bound of what
                  rounding can do in *any* program that computes the same (``attnproof.verify.against.evaluations``)
    inputs        what both were handed
    upstream      a cotangent for each result: ``actual`` are the gradients, one for each floating-point input
    computed_in   ``fp64``, ``fp32``, ``tf32``, ``bf16``, ``fp16``: what the program computes in. None: the format of
                  its result; a half format's sums in fp32 then, and what stands between operations rounded to it.
                  ``fp32`` of a half format: only the result is rounded; ``fused``: factors of matrix products too
    chain         additions, at most, that a term of a sum goes through one after the other (a tile's length and the
                  number of tiles); None: any order of summation
    regrouped     whether products of matrices may be grouped otherwise, ``(x A) B`` as ``x (A B)``
    rows          so many rows of the result alone, drawn at random, and those at edges of tiles; or those of a
                  ``attnproof.verify.against.rows.Sample``. Its probability of missing a fault is logged (``attnproof``)
    check_dtype   whether the formats of both have to be the same; None: where both are of torch, or both of JAX
    check_device  the same of torch's devices
    equal_nan     whether NaN is right where the reference has NaN
    msg           of the error, in place of ours, or a function of ours
    tolerances    ``rtol`` and ``atol`` are refused

    Raises UndecidedError, which is no AssertionError, where the reference cannot be read, where no finite bound
    follows, or where the bound would let zeros pass, or an answer half of which is wrong.
    """
    if tolerances:
        words = " and ".join(tolerances)
        raise TypeError(NO_TOLERANCE.format(words) if tolerances.keys() <= {"rtol", "atol"} else f"unknown: {words}")
    if not callable(reference):
        raise TypeError("the second argument is the reference function, called with the inputs, not its result")
    how = How(computed_in, chain, regrouped, check_dtype, check_device, equal_nan)
    if rows is None:
        undecided = _judged(actual, reference, inputs, upstream, how, msg, Part())
    elif upstream is not None:
        raise TypeError("rows= is for results: gradients of keys and values are sums over all rows")
    else:
        undecided = _some_rows(actual, reference, inputs, rows, how, msg)
    if undecided:
        raise UndecidedError("; ".join(undecided))


def _some_rows(
    actual: Any, reference: Callable[..., Any], inputs: tuple[Any, ...], rows: int | Sample, how: How, msg: Message
) -> list[str]:
    """As ``_judged``, a group of rows after the other."""
    framework = framework_of([actual])
    results = [array for _, array in leaves(actual, framework)]
    if not results:
        raise TypeError("actual has no array of floating-point numbers")
    try:
        apart = rows_of(reference, inputs, results[0])
    except NotReadError as error:
        raise UndecidedError(f"rows cannot be judged alone: {error}") from error
    shape = apart.shape(results[0])
    chosen = rows if isinstance(rows, Sample) else sample(shape, rows)
    if chosen.shape != shape:
        raise ValueError(f"rows are of {chosen.shape}, and this result falls apart into {shape}")
    undecided = []
    for lead, some in chosen.groups():
        own = mapped(actual, lambda array, lead=lead, some=some: apart.of(array, lead, some), framework, every=True)
        which = Part(f" at {_place(apart, lead, some)}", partial(apart.place, lead, some))
        undecided += _judged(own, reference, tuple(apart.at(inputs, lead, some)), None, how, msg, which)
    LOG.info("%s", chosen)
    return undecided


def _place(apart: Rows, lead: Sequence[int], some: Sequence[int]) -> str:
    """Which rows, in words."""
    *before, last = apart.axes
    words = [f"{place} of axis {axis.results}" for axis, place in zip(before, lead, strict=True)]
    listed = ", ".join(map(str, some[:SHOWN])) + (f" … ({len(some)} in all)" if len(some) > SHOWN else "")
    return "; ".join([*words, f"rows {listed} of axis {last.results}"])


def _judged(
    actual: Any,
    reference: Callable[..., Any],
    inputs: tuple[Any, ...],
    upstream: Any,
    how: How,
    msg: Message,
    which: Part,
) -> list[str]:
    """Why nothing is said of some results. Raises AssertionError for a wrong one.

    which  which rows these are
    """
    found = _heard(reference, inputs, upstream)
    got = dict(leaves(actual, framework_of([actual]), every=True))
    if got.keys() != found.every.keys():
        _fail(msg, f"The structures do not match: {_places(got)} != {_places(found.every)}.")
    for name, expected in found.every.items():
        _attributes(f"result{name}", got[name], expected, found.framework, how, msg)
    bounds, undecided = _bounds(found, got, inputs, how), []
    for name, expected in found.every.items():
        if "complex" in str(expected.dtype):
            undecided.append(f"result{name}: of complex numbers; return their real and imaginary parts")
            continue
        if name not in bounds:
            numbers, exact = _plain(got[name]), _plain(expected)
            if not np.array_equal(numbers, exact):
                _fail(
                    msg,
                    f"result{name}{which.words}: {int(np.sum(numbers != exact))} of {exact.size} whole numbers differ",
                )
            continue
        numbers = reals(f"result{name}", _plain(got[name]))
        words = _wrong(f"result{name}", which, numbers, bounds[name], found, reference, how)
        if words:
            _fail(msg, words)
        silent = bounds[name].silent
        undecided += [f"result{name}{which.words}: {silent}{_advice(bounds[name].bound)}"] if silent else []
        _remember(reference, name, bounds[name].value)
    return undecided


def _heard(reference: Callable[..., Any], inputs: tuple[Any, ...], upstream: Any) -> Heard:
    try:
        return heard(reference, inputs, upstream=upstream)
    except RaisedError as error:
        raise error.theirs from None
    except NotReadError as error:
        more = "; rows= judges some rows of a large result alone" if "numbers" in str(error) else ""
        raise UndecidedError(f"the reference cannot be read: {error}{more}") from error


def _bounds(found: Heard, got: Mapping[str, Any], inputs: tuple[Any, ...], how: How) -> dict[str, Enclosed]:
    """Those of every floating-point result, each for the format that it has come in."""
    given = [_format(x) for _, x in leaves(inputs, found.framework)]
    widest = max(given, key=lambda name: FORMATS[name].precision, default=None)
    formats = {name: _format(got[name]) for name in found.results if is_real(got[name])}
    classes = {
        fmt: evaluations(fmt, widest, computed_in=how.computed_in, chain=how.chain, regrouped=how.regrouped)
        for fmt in set(formats.values())
    }
    passes = {fmt: enclosed(found.recording, each) for fmt, each in classes.items()}
    return {name: passes[fmt][name] for name, fmt in formats.items()}


def _format(array: Any) -> str:
    words = str(array.dtype).rpartition(".")[2]
    if words not in FORMAT_OF:
        raise UndecidedError(f"nothing is known of rounding to {words}; known formats: {', '.join(FORMAT_OF)}")
    return FORMAT_OF[words]


def _attributes(name: str, got: Any, expected: Any, framework: str, how: How, msg: Message) -> None:
    """What torch's own function asks of two tensors, in its words."""
    same = framework_of([got]) == framework
    if tuple(got.shape) != tuple(expected.shape):
        _fail(msg, f"{name}: The values for attribute 'shape' do not match: {got.shape} != {expected.shape}.")
    if same and framework == "torch" and how.check_device and got.device != expected.device:
        _fail(msg, f"{name}: The values for attribute 'device' do not match: {got.device} != {expected.device}.")
    check = how.check_dtype if how.check_dtype is not None else same and framework != "numpy"
    if (check or is_real(got) != is_real(expected)) and got.dtype != expected.dtype:
        _fail(msg, f"{name}: The values for attribute 'dtype' do not match: {got.dtype} != {expected.dtype}.")


def _wrong(
    name: str, which: Part, actual: Array, exact: Enclosed, found: Heard, reference: Callable[..., Any], how: How
) -> str:
    """The diagnosis; empty where nothing is beyond its bound. Raises UndecidedError where that may have a reason."""
    expected, bound = exact.value, exact.bound.bound
    with np.errstate(all="ignore"):
        error = np.where(actual == expected, 0.0, np.abs(actual - expected))
        nan = np.isnan(expected)
        wrong = np.where(nan, ~(np.isnan(actual) & how.equal_nan), ~(error <= bound)) & ~(np.isinf(bound) & ~nan)
    if not wrong.any():
        return ""
    if np.all(nan | ~wrong):
        count = f"{int(nan.sum())} of {nan.size} elements"
        return f"{name}{which.words}: the reference has NaN at {count}; equal_nan=True takes NaN there"
    count = f"{int(wrong.sum())} of {wrong.size} elements are beyond their bounds"
    words = [f"{name}{which.words} is not what {_name(reference)} computes: {count}."]
    with np.errstate(all="ignore"):
        times = np.where(
            wrong & ~nan, np.where(np.isnan(error), np.inf, error) / np.where(bound > 0.0, bound, 5e-324), 0.0
        )
    at = tuple(int(k) for k in np.unravel_index(int(np.argmax(times)), times.shape))
    got, right, limit = float(actual[at]), float(expected[at]), float(bound[at])
    words += [
        f"worst at {which.places(at)}: got {got.hex()} ({got:.9g}), expected {right.hex()} ({right:.9g}),",
        f"off by {abs(got - right):.3g} where rounding can make {limit:.3g}: {_times(times[at])}.",
    ]
    seen = pattern(actual, expected, bound, _earlier(reference, name.removeprefix("result")))
    words += [f"Seen: {seen}."] if seen else []
    text = " ".join(words) + f" (Bound: {exact.bound.assumptions[0]}.)"
    if exact.near:
        raise UndecidedError(
            f"{text} Yet rounding decides {exact.near} choices by value at these inputs: ask with others."
        )
    if found.recording.left:
        raise UndecidedError(
            f"{text} Yet numbers left the library and may have come back: {found.recording.left[0][0]}."
        )
    return text


def _times(share: float) -> str:
    return f"{share:.3g} times beyond" if share < 1e9 else "nothing but that is right"


def _advice(bound: Bound) -> str:
    if not bound.finite:
        return ""
    return f"; it holds for everything {bound.assumptions[0]}; computed_in= and chain= say more of the program"


def _fail(msg: Message, words: str) -> None:
    raise AssertionError(words if msg is None else msg(words) if callable(msg) else msg)


def _plain(array: Any) -> Any:
    """An array that NumPy reads."""
    if hasattr(array, "detach"):
        array = array.detach().cpu()
        return array.double().numpy() if array.is_floating_point() else array.numpy()
    return np.asarray(array).astype(np.float64) if is_real(array) else np.asarray(array)


def _places(results: Mapping[str, Any]) -> str:
    return ", ".join(f"result{name}" for name in results) or "no array"


def _name(reference: Callable[..., Any]) -> str:
    name: str = getattr(reference, "__qualname__", None) or type(reference).__name__
    return "the reference" if "<lambda>" in name else name.rpartition("<locals>.")[2]


# What was expected of the last call of a reference, for a result that is one call behind.
_LAST: dict[str, tuple[str, Array]] = {}
REMEMBERED: Final = 1 << 20


def _remember(reference: Callable[..., Any], name: str, value: Array) -> None:
    if value.size <= REMEMBERED:
        _LAST[name] = (_name(reference), value)


def _earlier(reference: Callable[..., Any], name: str) -> Array | None:
    owner, value = _LAST.get(name, ("", None))
    return value if owner == _name(reference) else None
