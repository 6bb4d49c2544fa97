"""Gradients of some inputs only: each the same whichever others require gradients."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from typing import Final

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties.asking import ask, case_of, handed_over, judge
from attnproof.verify.properties.property import Draw, Finding, Property, TargetError, failed
from attnproof.verify.targets.target import Target

NAME = "gradient subsets"
PLAIN: Final = Setting("subsets", n_q=3, n_k=5, d_q=4, d_k=4, d_a=3, d_v=2)
BIASED: Final = replace(PLAIN, name="subsets_bias", bias=True)


def _applies(target: Target) -> str | None:
    return None if target.gradients else "has no gradients"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del profile
    yield Draw(BIASED if "bias" in target.takes else PLAIN, "normal", dtype, device, seed)


def _check(target: Target, draw: Draw) -> Iterable[Finding]:
    case = case_of(target, draw)
    names = target.differentiable(case)
    # Every input alone, every pair, and all but one: a gradient that needs another's, or spoils it, shows in one of
    # them.
    subsets = [*combinations(names, 1), *combinations(names, 2), *combinations(names, len(names) - 1)]
    for subset in dict.fromkeys(subsets):
        request = handed_over(target, case, draw.device, gradients=subset)
        if request is None:
            raise ValueError(f"{target.name} cannot be asked for {draw.setting.name}")
        try:
            answer = ask(target, request)
        except TargetError as error:
            return [failed(NAME, error, draw)]
        missing = [name for name in subset if name not in answer.gradients and name in request.given]
        if missing:
            return [Finding(NAME, FAIL, f"no gradient of {missing[0]} when {', '.join(subset)} are asked for")]
        for finding in judge(target, request, answer, NAME, draw):
            if finding.outcome == FAIL:
                return [replace(finding, reason=f"gradients of {', '.join(subset)} only: {finding.reason}")]
    return [Finding(NAME, PASS)]


SUBSETS = Property(
    NAME,
    "a gradient is the same whichever other inputs require one",
    (17,),
    _applies,
    _draws,
    _check,
)
