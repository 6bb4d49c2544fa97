"""The layout of a mask, a bias or lengths that is not declared: found by asking, at sizes no two of which are the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from itertools import product
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.checking.layouts import MAY_LACK, Axes, Layouts, parse
from attnproof.verify.composing.sizes import fitted, one_tensor
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import mask_of
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.stored import on_grid
from attnproof.verify.targets.target import Laid, Request, Target

# No two axes of one length, so that a mask of other axes does not fit by chance.
SETTING: Final = Setting("layout", n_q=4, n_k=5, d_q=8, d_k=8, d_a=6, d_v=8, batch=(2, 3))
UNDECLARED: Final = ("mask", "bias", "lengths")
# What no layout at all may mean besides our own: a batch without heads, and one with heads.
USUAL: Final = tuple(
    ", ".join(f"{name}={lead} {axes}" for name, axes in (("query", "q d"), ("key", "k d"), ("value", "k v")))
    + f", context={lead} q v, weights={lead} q k, scores={lead} q k"
    for lead in ("b", "b h")
)
KEPT, ONE, OUT = range(3)  # what may become of an axis


def candidates(layouts: Layouts, name: str) -> Iterator[Axes]:
    """Every layout that broadcasts against one with all leading axes, those that can say most first: each axis but
    that of the keys kept, of length one or left out; leading axes merged; queries merged as the query's own are.
    """
    lead, last = layouts.lead, () if name == "lengths" else (("k",),)
    every = [*((axis,) for axis in lead), ("q",)]
    if name == "lengths":
        yield (lead[:1],) if lead else ()  # one for each element of the batch is what most have
    yield (*every, *last)
    if len(lead) > 1:
        yield (lead, ("q",), *last)
    yield from ((axis, *last) for axis in layouts.axes.get("query", ()) if "q" in axis and len(axis) > 1)
    # The more axes are kept the earlier, queries rather than leading axes, and length one before none.
    ways = product((KEPT, ONE, OUT), repeat=len(every))
    for way in sorted(ways, key=lambda way: (-way.count(KEPT), way[-1] != KEPT, way.count(OUT))):
        chosen = [axis if kept == KEPT else () for axis, kept in zip(every, way, strict=True) if kept != OUT]
        yield (*chosen, *last)
    if len(lead) > 1:
        yield from ((lead, *more, *last) for more in (((),), ()))


def found(made: Callable[[Layouts], Target], layouts: Layouts, name: str) -> Layouts:
    """The layouts with the first of the candidates with which the target answers; as they are where there is none.

    made  the target that is asked in given layouts
    Where no layout is declared at all our own is asked first, and one with all axes says no more than ours: a target
    that answers in that and not in ours raises, and that is to be seen.
    """
    if not layouts.axes and answers(made(layouts), (), name):
        return layouts
    for start in [layouts] if layouts.axes else [replace(parse(text), grouped=layouts.grouped) for text in USUAL]:
        batch = SETTING.batch[-len(start.lead) :] if start.lead else ()
        for place, axes in enumerate(dict.fromkeys(candidates(start, name))):
            tried = replace(start, axes=MappingProxyType({**start.axes, name: axes}))
            if answers(made(tried), batch, name):
                return tried if place or layouts.axes else layouts
    return layouts


def otherwise(made: Callable[[Layouts], Target], layouts: Layouts, name: str) -> list[Laid]:
    """The target in every other candidate; whether it takes one is for those to see who ask.

    Where no layout is declared at all they are those of arrays with a batch and heads.
    """
    start = layouts if layouts.axes else replace(parse(USUAL[-1]), grouped=layouts.grouped)
    found = []
    for axes in dict.fromkeys(candidates(start, name)):
        if axes != layouts.axes.get(name):
            tried = replace(start, axes=MappingProxyType({**start.axes, name: axes}))
            flat = {axis for merged in axes for axis in merged}
            found.append(Laid(words(axes), tuple(axis in flat for axis in (*start.lead, "q")), made(tried)))
    return found


def besides(made: Callable[[Layouts], Target], layouts: Layouts, undeclared: Collection[str], name: str) -> list[Laid]:
    """The layouts that an argument may come in besides the one that was found; none besides one that is declared."""
    return otherwise(made, layouts, name) if name in undeclared else []


def words(axes: Axes) -> str:
    """As it would be declared: ``b 1 k``, ``(b h) q k``."""
    return " ".join("1" if not axis else axis[0] if len(axis) == 1 else f"({' '.join(axis)})" for axis in axes)


def lacks_queries(layouts: Layouts, name: str) -> bool:
    """Whether there is a layout of it, which has no axis of queries."""
    return (name, "q") in MAY_LACK and name in layouts.axes and not _has_queries(layouts.axes[name])


def _has_queries(axes: Axes) -> bool:
    return any("q" in axis for axis in axes)


def answers(target: Target, batch: tuple[int, ...], name: str) -> bool:
    """Whether the target returns arrays of the right shapes where the last key is hidden from everybody."""
    setting = fitted(target, replace(SETTING, batch=batch))
    n_q, n_k = setting.n_q, setting.n_k
    drawn = make_case(target.score, setting, "normal", target.dtypes[0], 0)
    case = one_tensor(target, on_grid(drawn, target.stored))
    hidden = np.zeros((n_q, n_k), dtype=bool)
    hidden[:, -1] = True
    bias = np.where(hidden, -np.inf, 0.0)
    truth = case.having(bias=bias)
    queries = (n_q,) if target.lengths_by_query else ()
    given: dict[str, np.ndarray[Any, Any]] = {
        "mask": mask_of(target, hidden),
        "bias": bias[:1] if "bias" in target.keys_alone else bias,
        "lengths": np.full((*batch[:1], *queries), n_k - 1),
    }
    try:
        answer = ask(target, Request(truth, {**case.inputs, name: given[name]}, target.devices[0], gradients=()))
    except TargetError:
        return False
    core = {"context": (n_q, setting.d_v), "weights": (n_q, n_k), "scores": (n_q, n_k), "lse": (n_q,)}
    return all(array.shape == (*batch, *core[output]) for output, array in answer.outputs.items())
