"""Rounding without a bias where several keys tie for the maximum: the signs of the errors over many columns and batch
elements.

With n = 2^k keys that all tie, every weight is exactly 2^−k where it is made by a division, and each column of the
context is the mean of n independent values. Rounding to nearest errs to either side alike; what is cut off instead, or
rounded one way, gives errors of one sign, each of them within its bound. For errors that are symmetric about 0 the
signs (−1, 0, 1) have mean 0 and Hoeffding's inequality gives

    |mean sign(error)| <= √(2 log(2/α) / N)     except with probability α,   N of them,

as many as find a mean of ``BIAS`` or more with probability 0.9 (``attnproof.verify.statistics.samples_for_signs``).

Weights that are made as exp(t − ℓ) of a log-sum-exp, or beside a sink, are no powers of two: their error has one sign
for all columns, and rightly so. The identity beside the values shows every weight; where one is not exactly 2^−k, this
property has nothing to say.

Rounding to nearest, ties to even, is symmetric on values drawn at random up to O(u): the bits that are rounded away are
uniform but for the density's change within one ulp, and ties go to either side by the bit above them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np

from attnproof.derivations.scores.following import alone
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.composing.sizes import single
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.asking import case_of, judge, variant
from attnproof.verify.properties.property import Draw, Finding, Property, drawn
from attnproof.verify.properties.question import ask
from attnproof.verify.statistics import FALSE_ALARM_SHARES, samples_for_signs, sign_width
from attnproof.verify.targets.target import Target, plain

HALF: Final = ("fp16", "bf16")
CHECKS: Final = 1000  # at most so many in a run: targets times formats
LEVEL: Final = FALSE_ALARM_SHARES["properties"] / CHECKS
BIAS: Final = 0.21  # the mean of the signs to be found; 1 where everything is cut off
COLUMNS: Final = 8
BATCH: Final = math.ceil(samples_for_signs(BIAS, LEVEL) / COLUMNS)
KEYS: Final = 8
SETTING: Final = Setting("tied_columns", n_q=1, n_k=KEYS, d_q=8, d_k=8, d_a=3, d_v=COLUMNS + KEYS, batch=(BATCH,))
ONE: Final = replace(SETTING, name="tied_columns_one", d_v=BATCH * COLUMNS + KEYS, batch=())  # as many, in one sequence


def _applies(target: Target) -> str | None:
    if alone(target.score) != target.score:
        return "returns no values weighed by a softmax, whose rounding is the one looked at"
    return None if set(HALF) & set(target.dtypes) else "computes in no half precision, where a bias of rounding matters"


def _settings(target: Target, profile: Profile, dtype: str) -> Iterable[Setting]:
    del profile
    if dtype not in HALF:
        return ()
    setting = ONE if single(target) else SETTING
    # Where values are as wide as keys, all are so wide that columns are left beside the identity's.
    one_width = any("d_v" in group for group in target.equal)
    return (replace(setting, d_q=setting.d_v, d_k=setting.d_v) if one_width else setting,)


def _tied(case: Case, draw: Draw) -> Case:
    """All keys the same, so that all scores tie; values in [1, 2) plus their sign, all of one sign; the identity."""
    value = FORMATS[draw.dtype].round(-1.0 - np.abs(case.inputs["value"]) % 1.0)
    value[..., -KEYS:] = np.eye(KEYS)
    return case.having(key=np.repeat(case.inputs["key"][..., :1, :], draw.setting.n_k, axis=-2), value=value)


def threshold(columns: int, level: float = LEVEL) -> float:
    """What |mean sign| exceeds with probability at most ``level`` when errors are symmetric."""
    return sign_width(columns, level)


def _finds(target: Target, draw: Draw) -> Iterable[Finding]:
    whole = case_of(target, draw)
    case = variant(whole, "tied columns", lambda: _tied(whole, draw))
    request = plain(case, draw.device, gradients=())
    answer = ask(target, request)
    outside = [f for f in judge(target, request, answer, quantities=["context"]) if f.outcome == FAIL]
    if outside:
        return outside
    # Exact in float64: eight numbers of at most 11 bits in one binade, and a division by eight.
    exact = np.mean(case.inputs["value"], axis=-2, keepdims=True)
    context = answer.outputs["context"]
    if not np.all(context[..., -KEYS:] == 1.0 / KEYS):
        reason = "its weights of keys that tie are not exactly 1/8: their own error has a sign, and rightly so"
        return [Finding(UNSUPPORTED, reason, "context")]
    signs = np.sign(context - exact)[..., :-KEYS]
    mean, allowed = float(np.mean(signs)), threshold(signs.size)
    if abs(mean) <= allowed:
        return [Finding(PASS, ratio=abs(mean) / allowed)]
    reason = (
        f"the signs of {signs.size} errors have the mean {mean:+.3f}; within ±{allowed:.3f} for rounding without a "
        f"bias, except with probability {LEVEL:.0e}"
    )
    return [Finding(FAIL, reason, "context", abs(mean) / allowed)]


PROPERTIES: Final = (
    Property(
        name="unbiased rounding",
        says="rounding errors have no sign of their own where several keys tie for the maximum",
        applies=_applies,
        draws=drawn(_settings),
        finds=_finds,
    ),
)
