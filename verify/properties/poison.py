"""NaN and infinities in keys and values that nothing may see: they must not come through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.properties.asking import ask, case_of, handed_over
from attnproof.verify.properties.property import Draw, Finding, Property, TargetError, failed
from attnproof.verify.targets.target import Answer, Request, Target

NAME = "poison"
# Nobody sees the last two keys: they are masked for every query.
SETTING: Final = Setting("poisoned", n_q=3, n_k=7, d_q=4, d_k=4, d_a=3, d_v=2)
HIDDEN: Final = 2
POISONS: Final = (("NaN", np.nan), ("infinity", np.inf))


def _applies(target: Target) -> str | None:
    return None if {"bias", "mask"} & set(target.takes) else "takes neither a mask nor a bias"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del target, profile
    yield Draw(SETTING, "normal", dtype, device, seed)


def _check(target: Target, draw: Draw) -> Iterable[Finding]:
    clean = _request(target, draw)
    try:
        expected = ask(target, clean)
    except TargetError as error:
        return [failed(NAME, error, draw)]
    leaks = []
    for word, poison in POISONS:
        for name in ("key", "value"):
            given = dict(clean.given)
            given[name] = given[name].copy()
            given[name][..., -HIDDEN:, :] = poison
            try:
                answer = ask(target, Request(clean.case, given, clean.device, gradients=()))
            except TargetError as error:
                return [failed(NAME, error, draw)]
            if not _same(answer, expected):
                leaks.append(f"{word} in a masked {name}")
    observed = {"masked_nan": "leaks" if leaks else "blocked"}
    if not leaks:
        return [Finding(NAME, PASS, draw=draw, observed=observed)]
    reason = f"{', '.join(leaks)} changes the context of queries that may not see it"
    declared = target.contract.masked_nan
    if declared == "blocked":
        return [Finding(NAME, FAIL, f"{reason}; declared: blocked", "context", draw=draw, observed=observed)]
    said = "as declared" if declared == "leaks" else "not declared"
    return [Finding(NAME, DIFFERS, f"{reason} (0 · NaN); {said}", "context", draw=draw, observed=observed)]


def _request(target: Target, draw: Draw) -> Request:
    case = case_of(target, draw)
    bias = np.zeros((draw.setting.n_q, draw.setting.n_k))
    bias[:, -HIDDEN:] = -np.inf
    inputs: dict[str, Any] = {**case.inputs, "bias": bias}
    masked = type(case)(case.score, inputs, case.grad_context, dtype=case.dtype)
    request = handed_over(target, masked, draw.device, gradients=())
    if request is None:
        raise ValueError(f"{target.name} takes no mask")
    return request


def _same(answer: Answer, expected: Answer) -> bool:
    """Bit for bit: what nobody sees takes part in no rounding. (A sum may be ordered by what is masked, never by its
    values.)
    """
    return np.array_equal(answer.outputs["context"], expected.outputs["context"])


POISON = Property(
    NAME,
    "NaN and infinities in masked keys and values change nothing",
    (4,),
    _applies,
    _draws,
    _check,
)
