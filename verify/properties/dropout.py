"""A given dropout mask: weights are dropped after they are normalised, and what is kept weighs 1/(1 − p) times as much."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

import numpy as np

from verify.case import Case
from verify.options import Profile
from verify.properties.asking import case_of, variant
from verify.properties.property import Draw, Finding, Property
from verify.properties.settling import Choice, judged, settle
from verify.settings import Setting
from verify.targets.target import Request, Target
from verify.unit import generator

NAME: Final = "dropout mask"
SETTING: Final = Setting("dropout", n_q=4, n_k=6, d_q=4, d_k=5, d_a=3, d_v=2, batch=(2,))
RATE: Final = 0.75  # 1/(1 − p) is then exact in every format, and is not 1/p


def _applies(target: Target) -> str | None:
    return None if "dropout" in target.takes else "takes no dropout mask"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del target, profile
    yield Draw(SETTING, "normal", dtype, device, seed)


def _dropped(case: Case, seed: int, factor: float) -> Case:
    """Most of the weights dropped at random, the others multiplied by ``factor``."""
    rng = generator(seed, "dropout mask")
    kept = rng.random((*case.batch, case.sizes["n_q"], case.sizes["n_k"])) >= RATE
    mask = np.where(kept, factor, 0.0)
    return Case(case.score, {**case.inputs, "dropout": mask}, case.grad_context, dtype=case.dtype)


def _check(target: Target, draw: Draw) -> Iterable[Finding]:
    case = case_of(target, draw)

    def truth(factor: float) -> Case:
        return variant(case, ("dropout", factor), partial(_dropped, case, draw.seed, factor))

    def asked(of: Case, given: dict[str, Any], words: str) -> list[Finding]:
        wanted = tuple(name for name in target.differentiable(of) if name != "dropout")  # a mask is not trained
        return judged(target, Request(of, given, draw.device, gradients=wanted), NAME, draw, words)

    whole = truth(1.0 / (1.0 - RATE))
    found = asked(whole, dict(whole.inputs), "a dropout mask with its factor in it")
    if "dropout_rate" not in target.takes:
        return found

    def attempt(choice: Choice) -> list[Finding]:
        given = {**truth(1.0).inputs, "dropout_rate": RATE}
        words = f"a dropout mask of 0 and 1 and its rate, factor {choice['dropout']}"
        return asked(whole if choice["dropout"] == "applied" else truth(1.0), given, words)

    return [*found, *settle(NAME, target, draw, ("dropout",), attempt)]


DROPOUT = Property(
    NAME,
    "a given dropout mask multiplies the normalised weights, with its factor once",
    (),
    _applies,
    _draws,
    _check,
)
