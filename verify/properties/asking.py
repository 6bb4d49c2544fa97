"""What a target is asked, and judging what it answers element by element."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.bounds import Bound, bounds
from attnproof.verify.composing.sizes import fitted, one_tensor
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.oracle import Enclosure
from attnproof.verify.oracle.compare import compare
from attnproof.verify.oracle.exactness import exact
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties.always import order_of, truth_of
from attnproof.verify.properties.property import Draw, Finding
from attnproof.verify.properties.question import ask
from attnproof.verify.properties.reconsidering import reconsidered
from attnproof.verify.properties.roles import joined
from attnproof.verify.targets.stored import on_grid
from attnproof.verify.targets.target import Answer, Request, Target

Mask = npt.NDArray[np.bool_]


def case_of(target: Target, draw: Draw) -> Case:
    """The case that a draw stands for; kept, so that bounds and enclosures are made once for many targets."""
    held = _held.get((target.score, draw))
    if held is not None:
        return held
    case = _case(target.score, fitted(target, draw.setting), draw.input_class, draw.dtype, draw.seed)
    if not (target.stored or target.same):
        return case
    made = partial(_as_handed, target, case)
    return variant(case, (target.stored, target.same), made)


def _as_handed(target: Target, case: Case) -> Case:
    """In the formats in which arrays are stored, and with one array where one is taken for several arguments."""
    return one_tensor(target, on_grid(case, target.stored))


_held: dict[tuple[str, Draw], Case] = {}


@contextmanager
def holding(score: str, draw: Draw, case: Case) -> Iterator[None]:
    """While it lasts the draw stands for this case: numbers of its own, for what is replayed or made smaller."""
    before = _held.get((score, draw))
    _held[score, draw] = case
    try:
        yield
    finally:
        del _held[score, draw]
        if before is not None:
            _held[score, draw] = before


@lru_cache(maxsize=2048)
def _case(score: str, setting: Setting, input_class: str, dtype: str, seed: int) -> Case:
    return make_case(score, setting, input_class, dtype, seed)


_variants: WeakKeyDictionary[Case, dict[Hashable, Case]] = WeakKeyDictionary()


def variant(case: Case, key: Hashable, make: Callable[[], Case]) -> Case:
    """A case made from another one; kept with it under ``key``, so that it too is bounded and enclosed once for many
    targets.
    """
    found = _variants.setdefault(case, {})
    if key not in found:
        found[key] = make()
    return found[key]


def handed_over(target: Target, case: Case, device: str = "cpu", **changes: Any) -> Request | None:
    """The case put into the arguments that the target takes; None when it takes none that can express it.

    A bias of zeros and −∞ becomes a boolean mask, in the target's polarity, for a target without a bias.
    """
    given: dict[str, Any] = dict(case.inputs)
    bias = given.get("bias")
    if bias is not None and "bias" not in target.takes:
        masked = np.isneginf(bias)
        if "mask" not in target.takes or not np.all(masked | (bias == 0.0)):
            return None
        if "mask" in target.keys_alone and not np.all(masked == masked[..., :1, :]):
            return None
        del given["bias"]
        given["mask"] = mask_of(target, masked)
    if any(name in given and name not in target.takes for name in ("softcap", "bias_hidden", "sink", "dropout")):
        return None
    changes.setdefault("gradients", target.differentiable(case))
    if bias is not None and "bias" in given and "bias" in target.keys_alone:
        if not np.array_equal(bias, np.broadcast_to(bias[..., :1, :], bias.shape)):
            return None
        given["bias"] = bias[..., :1, :]  # one row in several places of the case, which is another gradient
        changes["gradients"] = tuple(name for name in changes["gradients"] or () if name != "bias")
    return Request(case, given, device, **changes)


def request_of(target: Target, case: Case, device: str, **changes: Any) -> Request:
    """The same where the target is known to take it. Raises ValueError where it does not."""
    request = handed_over(target, case, device, **changes)
    if request is None:
        raise ValueError(f"{target.name} cannot be asked for {', '.join(case.inputs)}")
    return request


def takes(target: Target, draw: Draw) -> bool:
    """Whether the target has arguments that can express a draw."""
    return handed_over(target, case_of(target, draw)) is not None


def mask_of(target: Target, masked: Mask) -> Mask:
    """The boolean mask in the target's polarity."""
    return masked if target.contract.polarity == "true masks" else ~masked


def masked_rows(case: Case) -> Mask:
    """Which queries have no key that is not masked, shape of the bias without its last axis."""
    return np.asarray(np.all(np.isneginf(case.inputs["bias"]), axis=-1))


def unmasked_rows(case: Case) -> Mask | None:
    """Which queries have a key that is not masked, shape batch + (n_q,); None where nothing is masked."""
    if "bias" not in case.inputs:
        return None
    return np.broadcast_to(~masked_rows(case), (*case.batch, case.sizes["n_q"]))


def judge(
    target: Target,
    request: Request,
    answer: Answer,
    *,
    quantities: Collection[str] | None = None,
    rows: Mask | None = None,
) -> list[Finding]:
    """Compare what was returned with the oracle, within the bounds of the target's arithmetic.

    quantities  which to look at; None: every one returned, and every output declared must be there
    rows        boolean (…, n_q): which queries' forward results count (others are left to another property); None: all
    """
    limits = limits_of(target, request)
    case = truth_of(target, request)
    found = answer.values()
    wanted = [q for q in found if q in limits] if quantities is None else [q for q in quantities if q in limits]
    # A bias that what is always added gives another shape has a gradient of that shape, which nobody returns.
    wanted = [q for q in wanted if q != "grad.bias" or request.case.inputs["bias"].shape == case.inputs["bias"].shape]
    truth = {q: _enclosed(target, request, q, each) for q, each in exact(case, limits, wanted).items()}
    limits = {q: _bounded(target, request, q, each) for q, each in limits.items()}
    if case is not request.case and "bias" in case.inputs:
        seen = unmasked_rows(case)
        rows = seen if rows is None or seen is None else rows & seen
    missing = [q for q in target.outputs if quantities is None and q not in found]
    joint = {} if request.tied else joined(dict(target.same), case, limits, [q for q in wanted if q in found])
    wanted = [q for q in wanted if q not in joint]
    counted = {q: _counted(q, limits[q].bound.shape, rows) for q in wanted} if rows is not None else {}
    own = [_judged(q, found[q], truth[q], limits[q], counted.get(q), request.case.dtype) for q in wanted]
    own = reconsidered(target, request, case, found, own, limits, counted)
    for q, (enclosed, limit) in joint.items():
        keep = None if rows is None else _counted(q, limit.bound.shape, rows)
        own.append(_judged(q, found[q], enclosed, limit, keep, request.case.dtype))
    return [Finding(FAIL, "declared, and not returned", q) for q in missing] + own


def asked(target: Target, request: Request, **how: Any) -> list[Finding]:
    """Ask, and judge the answer. Raises TargetError."""
    return judge(target, request, ask(target, request), **how)


def wrong(findings: Iterable[Finding], words: str = "") -> Finding | None:
    """The first failure, ``words`` before its reason; None where nothing fails."""
    first = next((finding for finding in findings if finding.outcome == FAIL), None)
    return first.prefixed(words) if first and words else first


def certified(target: Target, request: Request, quantity: str) -> tuple[Enclosure, Bound] | None:
    """What a quantity ought to be, and its bound, as ``judge`` has them; None where it is none of the case's."""
    limits, case = limits_of(target, request), truth_of(target, request)
    if quantity not in limits:
        return None
    joint = {} if request.tied else joined(dict(target.same), case, limits, [quantity])
    own = exact(case, limits, [quantity])[quantity], limits[quantity]
    return joint.get(quantity) or (
        _enclosed(target, request, quantity, own[0]),
        _bounded(target, request, quantity, own[1]),
    )


def _enclosed(target: Target, request: Request, quantity: str, found: Enclosure) -> Enclosure:
    """The truth of a gradient, its features in the target's order."""
    back = _order(target, request, quantity, found.shape)
    return found if back is None else replace(found, balls=found.balls[..., back])


def _bounded(target: Target, request: Request, quantity: str, found: Bound) -> Bound:
    """The bound of a gradient, its features in the target's order."""
    back = _order(target, request, quantity, found.bound.shape)
    return found if back is None else replace(found, bound=found.bound[..., back], scale=found.scale[..., back])


def _order(target: Target, request: Request, quantity: str, shape: tuple[int, ...]) -> npt.NDArray[np.int64] | None:
    """Where each of the target's features stands in the truth, if the target turns them by tables of its own. Answers
    to composed questions were put into the truth's order before.
    """
    turned = "rotary" in dict(target.always) and not request.complete
    return np.argsort(order_of(target, shape[-1])) if turned and quantity in ("grad.query", "grad.key") else None


def limits_of(target: Target, request: Request) -> Mapping[str, Bound]:
    """Bounds for each element; where the target computes in a wider format than its inputs', with a last rounding to
    that.
    """
    case = truth_of(target, request)
    dtype = case.dtype
    limits = bounds(case, target.arithmetic(dtype, request.device))
    if target.contract.computes_in in (None, dtype):
        return limits
    narrow = FORMATS[dtype]
    rounded = {}
    for quantity, limit in limits.items():
        last = narrow.unit_roundoff * (limit.scale + limit.bound) + narrow.smallest_subnormal
        if _summed_over_batch(case, quantity):
            # What broadcasts the input may stand before the conversion: the gradient is then a sum of parts that were
            # rounded, each by at most u times its size, which together are at most the scale, and is rounded itself.
            parts = math.prod(case.batch) * narrow.smallest_subnormal
            last += narrow.unit_roundoff * (limit.scale + limit.bound + last) + (1 + narrow.unit_roundoff) * parts
        rounded[quantity] = replace(limit, bound=limit.bound + last)
    return rounded


def _summed_over_batch(case: Case, quantity: str) -> bool:
    """Whether it is the gradient of an input that the case broadcasts over its batch."""
    name = quantity.removeprefix("grad.")
    if name == quantity or not case.tensors[name].batched:
        return False
    array = case.inputs[name]
    return array.shape[: array.ndim - len(case.tensors[name].shape)] != case.batch


def _counted(quantity: str, shape: tuple[int, ...], rows: Mask) -> Mask:
    """Which elements of a quantity are of rows that count; of a gradient all are."""
    if quantity.startswith("grad."):
        return np.ones(shape, bool)
    return np.broadcast_to(rows if quantity == "lse" else rows[..., None], shape)


def _judged(quantity: str, computed: Array, truth: Enclosure, limit: Bound, keep: Mask | None, dtype: str) -> Finding:
    if keep is not None and computed.shape == keep.shape:
        # A row that does not count is given the value that it ought to have, so that it cannot decide anything.
        computed = np.where(keep, computed, truth.midpoint())
    got = compare(computed, truth, limit, FORMATS[dtype])
    return Finding(got.outcome, got.reason, quantity, got.ratio, {} if got.outcome == PASS else got.worst)
