"""What a target does in every call without being asked: a sink, slopes or rotary tables of its own, a soft-cap,
causal, a window.

The truth of a question is then that of the case with these in it; what is handed over stays as it is. Composed
questions have it among their features (``attnproof.verify.composing.semantics.complete``).
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from weakref import WeakKeyDictionary

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.rotating import feature_order, table_link
from attnproof.verify.composing.visible import within
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.question import TargetError
from attnproof.verify.targets.target import Request, Target

_kept: WeakKeyDictionary[Case, dict[Hashable, Case]] = WeakKeyDictionary()


def truth_of(target: Target, request: Request) -> Case:
    """The case of a request with what the target always does, unless the request says it itself.

    Raises TargetError, as unsupported, where what is added is no number of the format, so that it would be rounded.
    """
    names = tuple((name, value) for name, value in target.always if name not in request.given)
    if not names or request.complete:
        return request.case
    contract = target.contract
    key = (names, contract.causal, contract.alibi, contract.window, contract.rotary, target.tables, request.device)
    found = _kept.setdefault(request.case, {})
    if key not in found:
        case = _whole(target, request.case, dict(names))
        found[key] = _turned(target, case, request.device) if "rotary" in dict(names) else case
    return found[key]


def order_of(target: Target, width: int) -> tuple[int, ...]:
    """Which of the target's features each of the truth's is, where it turns them by tables of its own."""
    return feature_order(width, {name: getattr(target.contract, name) or "" for name in ("rotary", "rotary_part")})


def _turned(target: Target, case: Case, device: str) -> Case:
    """The case with the tables that the target makes for its sizes, and its features in the derivation's order."""
    sizes, order = case.sizes, list(order_of(target, case.sizes["d"]))
    assert target.tables is not None  # it always turns them
    setting = Setting(case.size, sizes["n_q"], sizes["n_k"], sizes["d"], sizes["d"], d_v=sizes["d_v"], batch=case.batch)
    own = target.tables(setting, case.dtype, device)
    whole = {name: table_link(name, table, sizes["d"]).values(table) for name, table in own.items()}
    return case.having(query=case.inputs["query"][..., order], key=case.inputs["key"][..., order], **whole)


def paper_slopes(heads: int) -> tuple[float, ...]:
    """ALiBi's slopes (Press, Smith and Lewis, 2022): 2^(−8k/n) for n = 2^m heads; for other numbers those of the next
    smaller power of two, then every other one of twice that power.
    """
    power = 2 ** int(math.log2(heads))
    first = tuple(2.0 ** (-8.0 * k / power) for k in range(1, power + 1))
    return first if power == heads else first + paper_slopes(2 * power)[::2][: heads - power]


def _whole(target: Target, case: Case, names: dict[str, float]) -> Case:
    inputs: dict[str, Array] = {}
    for name in ("sink", "softcap"):
        if name in names and name not in case.inputs:
            inputs[name] = np.asarray(names[name])
    n_q, n_k = case.sizes["n_q"], case.sizes["n_k"]
    offset = 0 if target.contract.causal == "top-left" else n_k - n_q
    gap = np.arange(n_q)[:, None] + offset - np.arange(n_k)[None, :]
    bias = case.inputs.get("bias")
    added = np.zeros(()) if bias is None else bias
    if "slopes" in names:
        slopes = np.asarray(paper_slopes(case.batch[-1] if case.batch else 1))
        if not (np.frexp(slopes)[0] == 0.5).all():  # whoever rounds them errs by what no bound here knows of
            raise TargetError(f"ALiBi's slopes for {len(slopes)} heads are no powers of two", unsupported=True)
        distance = gap if target.contract.alibi == "signed" else np.abs(gap)
        added = added - slopes[:, None, None] * distance
        added = added if case.batch else added[0]
    if "causal" in names:
        added = np.where(gap >= 0, added, -np.inf)
    if "window" in names:
        seen = within(gap, names["window"], target.contract.window or "both inclusive")
        added = np.where(seen, added, -np.inf)
    finite = np.where(np.isneginf(added), 0.0, added)
    if not np.array_equal(FORMATS[case.dtype].round(finite), finite):
        raise TargetError(
            f"what {target.name} always adds to the scores is no number of {case.dtype}", unsupported=True
        )
    if added.ndim:
        inputs["bias"] = np.asarray(added, dtype=np.float64)
    return case.having(**inputs)
