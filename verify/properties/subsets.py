"""Gradients of some inputs only: each the same whichever others require gradients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.outcome import FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.asking import case_of, judge, request_of, wrong
from attnproof.verify.properties.property import Draw, Finding, Property, drawn
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Target

PLAIN: Final = Setting("subsets", n_q=3, n_k=5, d_q=4, d_k=4, d_a=3, d_v=2)
BIASED: Final = replace(PLAIN, name="subsets_bias", bias=True)


def _applies(target: Target) -> str | None:
    return None if target.gradients else "has no gradients"


def _finds(target: Target, draw: Draw) -> Iterator[Finding]:
    case = case_of(target, draw)
    names = target.differentiable(case)
    if not names:
        yield Finding(UNSUPPORTED, "has no gradients of any of these inputs")
        return
    # Every input alone, every pair, and all but one: a gradient that needs another's, or spoils it, shows in one of
    # them.
    subsets = [*combinations(names, 1), *combinations(names, 2), *combinations(names, len(names) - 1)]
    for subset in dict.fromkeys(subsets):
        request = request_of(target, case, draw.device, gradients=subset)
        answer = ask(target, request)
        missing = [name for name in subset if name not in answer.gradients and name in request.given]
        if missing:
            yield Finding(FAIL, f"no gradient of {missing[0]} when {', '.join(subset)} are asked for")
            return
        if first := wrong(judge(target, request, answer), f"gradients of {', '.join(subset)} only"):
            yield first
            return
    yield Finding(PASS)


PROPERTIES: Final = (
    Property(
        name="gradient subsets",
        says="a gradient is the same whichever other inputs require one",
        applies=_applies,
        draws=drawn(lambda target, _profile, _dtype: (BIASED if "bias" in target.takes else PLAIN,)),
        finds=_finds,
    ),
)
