"""What is put beside a sink or a log-sum-exp: mask, soft-cap, dropout mask, each alone and all together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.inputs.case import Case
from attnproof.verify.properties.asking import request_of
from attnproof.verify.targets.target import Request, Target

SINK: Final = 1.5  # as large as large scores: it takes a good part of the weight, and tanh(1.5/2) is far from 1.5/2
SOFTCAP: Final = 2.0
DROPPED: Final = 1.5  # the factor of a dropout mask of a third, exact in every format
MASKED: Final = "bias"  # −∞ where masked; handed over as a boolean mask to a target without a bias
NOT_TRAINED: Final = ("dropout",)


def taken_by(target: Target, names: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names`` that the target takes."""
    return tuple(n for n in names if n in target.takes or (n == MASKED and "mask" in target.takes))


def additions(target: Target, names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Nothing, each of ``names`` that the target takes, and all of those."""
    taken = taken_by(target, names)
    yield ()
    for name in taken:
        yield (name,)
    if len(taken) > 1:
        yield taken


def arrays(case: Case, names: Iterable[str]) -> dict[str, Array]:
    """The additions for a case: half of the keys beside the diagonal masked, a third of the weights dropped."""
    rows, columns = np.indices((case.sizes["n_q"], case.sizes["n_k"]))
    every = {
        "bias": np.where((rows != columns) & ((rows + columns) % 2 == 1), -np.inf, 0.0),
        "softcap": np.asarray(SOFTCAP),
        "dropout": np.where((rows + 2 * columns) % 3 == 0, 0.0, DROPPED),
        "sink": np.asarray(SINK),
        "sink_score": np.asarray(SINK),
    }
    return {name: every[name] for name in names}


def beside(case: Case, names: Iterable[str]) -> Case:
    """The case with these additions."""
    return case.having(**arrays(case, names))


def request_for(target: Target, truth: Case, device: str, *, gradients: bool = True) -> Request:
    """The truth as it is handed over; a sink that is a score has the same argument as any sink."""
    wanted = tuple(n for n in target.differentiable(truth) if n not in NOT_TRAINED) if gradients else ()
    request = request_of(target, truth, device, gradients=wanted)
    given = {"sink" if name == "sink_score" else name: array for name, array in request.given.items()}
    return replace(request, given=given)
