"""What a target gets for a feature that it requires and a question does not have: the value that changes nothing."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attnproof.verify.composing.standing import standing
from attnproof.verify.targets.target import Unsupported

SCALES: Final = ("scale_query", "scale_key", "scale_value")
TABLES: Final = ("cos_query", "sin_query", "cos_key", "sin_key")  # what ``rotary`` hands over


def required(called: Any) -> frozenset[str]:
    """Names of the parameters that a call has to be given; none where they are not known."""
    try:
        found = inspect.signature(getattr(called, "forward", called)).parameters.values()
    except (TypeError, ValueError):
        return frozenset()
    fixed = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return frozenset(each.name for each in found if each.default is each.empty and each.kind not in fixed)


def unless_told(called: Any, names: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """What a call has unless it is told otherwise: defaults that are numbers, of ``names`` (ours -> theirs)."""
    try:
        found = inspect.signature(getattr(called, "forward", called)).parameters
    except (TypeError, ValueError):
        return ()
    defaults = {ours: found[theirs].default for ours, theirs in names.items() if theirs in found}
    return tuple(
        (name, float(value))
        for name, value in sorted(defaults.items())
        if isinstance(value, int | float) and value > 0 and math.isfinite(value)
    )


def neutral(
    names: Sequence[str],
    given: Mapping[str, Any],
    batch: tuple[int, ...],
    polarity: str,
    part: int = 1,
    *,
    pair: bool = False,
) -> dict[str, Any]:
    """For each of these arguments the value that changes nothing, in the library of the arrays that are given.

    A mask that shows everything, in the ``polarity`` of the contract; zeros to be added, ones to multiply, a window and
    lengths that reach everywhere, angles of 0 (for one in ``part`` features), a sink of −∞; and positions. No soft-cap
    changes nothing, so there is none. ``pair``: a window comes as (left, right).

    Raises Unsupported where tables of angles are wanted for features that do not come in pairs.
    """
    query, key = given["query"], given["key"]
    if not {*TABLES}.isdisjoint(names) and query.shape[-1] % (2 * part):
        raise Unsupported(f"tables of angles are required, and {query.shape[-1]} features have no pairs")
    n_q, n_k, heads = query.shape[-2], key.shape[-2], batch[-1] if batch else 1

    # Nothing is added to numbers that are only stored: what is stored in 8 bits has a scale in single precision.
    like = max((query, *(given[n] for n in SCALES if n in given)), key=lambda array: int(array.dtype.itemsize))

    def zeros(*shape: int) -> Any:
        if hasattr(like, "new_zeros"):
            return like.new_zeros(shape)
        return like.__array_namespace__().zeros(shape, dtype=like.dtype)

    def whole(array: Any) -> Any:
        return array.long() if hasattr(array, "long") else array.astype(int)

    def shown() -> Any:
        pairs = zeros(n_q, n_k)
        return pairs != 0 if polarity == "true masks" else pairs == 0

    def counted(name: str) -> Any:
        numbers = standing(n_q, n_k, names)[name]
        if hasattr(query, "new_tensor"):
            return query.new_tensor(numbers.tolist()).long()
        return query.__array_namespace__().asarray(numbers)

    values: dict[str, Callable[[], Any]] = {
        "bias": lambda: zeros(n_q, n_k),
        "mask": shown,
        "causal": lambda: False,
        "scale": lambda: 1.0 / math.sqrt(query.shape[-1]),
        "bias_hidden": lambda: zeros(*given["v"].shape),
        "window": lambda: (-1, -1) if pair else n_q + n_k,
        "lengths": lambda: whole(zeros(*batch[:1])) + n_k,
        "sink": lambda: zeros() - math.inf,
        "sinks": lambda: zeros(heads) - math.inf,
        "dropout": lambda: zeros(n_q, n_k) + 1,
        "dropout_rate": lambda: 0.0,
        "slopes": lambda: zeros(heads),
        "cos_query": lambda: zeros(n_q, query.shape[-1] // (2 * part)) + 1,
        "sin_query": lambda: zeros(n_q, query.shape[-1] // (2 * part)),
        "cos_key": lambda: zeros(n_k, key.shape[-1] // (2 * part)) + 1,
        "sin_key": lambda: zeros(n_k, key.shape[-1] // (2 * part)),
        "positions": lambda: counted("positions"),
        "positions_key": lambda: counted("positions_key"),
    }
    return {name: values[name]() for name in names if name in values}


def arguments(takes: Sequence[str]) -> tuple[str, ...]:
    """Our names of what is handed over for features."""
    return tuple(name for each in takes for name in (TABLES if each == "rotary" else (each,)))
