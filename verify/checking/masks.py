"""The layout of a mask or a bias that is not declared: found by asking, at sizes no two of which are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from attnproof.verify.checking.layouts import Axes, Layouts
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import mask_of
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.target import Request, Target

# No two axes of one length, so that a mask of other axes does not fit by chance.
SETTING: Final = Setting("mask_layout", n_q=4, n_k=5, d_q=8, d_k=8, d_a=6, d_v=8, batch=(2, 3))
UNDECLARED: Final = ("mask", "bias")


def candidates(layouts: Layouts, name: str) -> Iterator[Axes]:
    """Layouts that a mask or a bias may have beside a query of the declared one, those that can say most first.

    Every leading axis, merged or not; some of them of length one, or left out; a mask of keys alone at last.
    """
    lead = [(axis,) for axis in layouts.lead]
    merged = tuple(layouts.lead)
    yield (*lead, ("q",), ("k",))
    if len(lead) > 1:
        yield (merged, ("q",), ("k",))
    for axis in layouts.axes.get("query", ()):
        if "q" in axis and len(axis) > 1:
            yield (axis, ("k",))
    for kept in reversed(range(len(lead))):
        yield (*lead[:kept], *[()] * (len(lead) - kept), ("q",), ("k",))
    for kept in reversed(range(len(lead))):
        yield (*lead[:kept], ("q",), ("k",))
    if name == "mask":
        for ones in range(len(lead) + 1):
            yield (*lead[:1], *[()] * ones, ("k",))


def found(made: Callable[[Layouts], Target], layouts: Layouts, name: str) -> Layouts:
    """The layouts with the first of the candidates with which the target answers; as they are where there is none.

    made  the target that is asked in given layouts
    """
    batch = SETTING.batch[-len(layouts.lead) :] if layouts.lead else ()
    for axes in dict.fromkeys(candidates(layouts, name)):
        tried = replace(layouts, axes=MappingProxyType({**layouts.axes, name: axes}))
        target = made(tried)
        case = make_case(target.score, replace(SETTING, batch=batch), "normal", target.dtypes[0], 0)
        hidden = np.zeros((SETTING.n_q, SETTING.n_k), dtype=bool)
        hidden[:, -1] = True
        truth = case.having(bias=np.where(hidden, -np.inf, 0.0))
        given = {**case.inputs, name: mask_of(target, hidden) if name == "mask" else truth.inputs["bias"]}
        try:
            ask(target, Request(truth, given, target.devices[0], gradients=()))
        except TargetError:
            continue
        return tried
    return layouts
