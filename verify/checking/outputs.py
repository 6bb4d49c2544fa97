"""Layouts that are not declared, found by asking at sizes no two of which are the same: of masks, biases and lengths,
and of weights, scores or a log-sum-exp beside others that are declared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from types import MappingProxyType
from typing import Final

from attnproof.verify.checking import masks
from attnproof.verify.checking.calling import Call
from attnproof.verify.checking.layouts import WHOLE, Axes, Layouts
from attnproof.verify.composing.sizes import fitted, one_tensor
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.stored import on_grid
from attnproof.verify.targets.target import Request, Target

ARRANGED: Final = ("weights", "scores", "lse")  # what has no layout of its own unless somebody says so


def candidates(layouts: Layouts, name: str) -> Iterator[Axes]:
    """The leading axes and its own in every order, the usual one first; then with leading axes merged, and with
    queries merged as the query's own are.
    """
    own = WHOLE[name]
    yield from permutations((axis,) for axis in (*layouts.lead, *own))
    if len(layouts.lead) > 1:
        yield from permutations((layouts.lead, *((axis,) for axis in own)))
    for merged in (axis for axis in layouts.axes.get("query", ()) if "q" in axis and len(axis) > 1):
        rest = [(axis,) for axis in (*layouts.lead, *own) if axis not in merged]
        yield from permutations((merged, *rest))


def found_by_asking(made: Callable[[Layouts], Target], call: Call) -> tuple[Layouts, list[str]]:
    """The layouts with those of arguments and outputs that are not declared, as far as they are found, and whose these
    are.
    """
    where = call.layouts
    for name in masks.UNDECLARED:
        if name in call.takes and name not in where.axes and call.arguments.get(name, name):
            where = masks.found(made, where, name)
    asked = [name for name in masks.UNDECLARED if name in where.axes and name not in call.layouts.axes]
    for name in ARRANGED if call.layouts.axes else ():
        if name in call.outputs and name not in where.axes:
            where = found(made, where, name)
            asked += [name] * (name in where.axes)
    return where, asked


def found(made: Callable[[Layouts], Target], layouts: Layouts, name: str) -> Layouts:
    """The layouts with the first of the candidates that gives an output its shape; as they are where none does: what
    has lost an axis (weights averaged over heads) is in no layout.
    """
    for axes in candidates(layouts, name):
        tried = replace(layouts, axes=MappingProxyType({**layouts.axes, name: axes}))
        if _shaped(made(tried), layouts, name):
            return tried
    return layouts


def _shaped(target: Target, layouts: Layouts, name: str) -> bool:
    batch = masks.SETTING.batch[-len(layouts.lead) :] if layouts.lead else ()
    got, wanted = shapes(target, batch).get(name, ((), None))
    return got == wanted


def misshapen(target: Target) -> dict[str, str]:
    """Outputs beside the context whose shape they cannot have (weights averaged over heads), with both shapes; none
    where the context's is another one, too.
    """
    if target.outputs == ("context",) or "context" not in target.outputs:
        return {}
    found = shapes(target, masks.SETTING.batch[-(1 + target.headed) :] if target.batched else ())
    odd = {name: f"shape {got}, expected {wanted}" for name, (got, wanted) in found.items() if got != wanted}
    return {} if "context" in odd else odd


def without(declared: Sequence[str], odd: Collection[str]) -> tuple[str, ...]:
    """What is declared of outputs, ``weights=1``, but for these."""
    return tuple(text for text in declared if text.partition("=")[0].strip() not in odd)


def shapes(target: Target, batch: tuple[int, ...]) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """The shape that each output has, and the one that it ought to have; nothing where the target raises."""
    setting = fitted(target, replace(masks.SETTING, batch=batch))
    try:
        answer = ask(target, plainly(target, setting))
    except TargetError:  # what it raises of its own is told by the properties
        return {}
    rows = (*batch, setting.n_q)
    ought = {"context": (*rows, setting.d_v), "lse": rows}
    return {name: (array.shape, ought.get(name, (*rows, setting.n_k))) for name, array in answer.outputs.items()}


def plainly(target: Target, setting: Setting) -> Request:
    """The question at these sizes without any feature, and without gradients."""
    drawn = make_case(target.score, setting, "normal", target.dtypes[0], 0)
    case = one_tensor(target, on_grid(drawn, target.stored))
    return Request(case, dict(case.inputs), target.devices[0], gradients=())
