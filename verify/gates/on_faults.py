"""What the gates say of the faults of ``attnproof.verify.faults``, which take masks, biases and other options.

No benchmark has a problem with these, so a gate is given the usual test's inputs (standard normal, 8 queries, 10
keys, a mask, causal, and what else the fault takes) in its format, and what it compares with is the repaired twin.
Gradients are compared where the gate's own tests compare them.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import torch
from torch import Tensor

from attnproof.verify.detection.rules import ORDINARY, ordinary
from attnproof.verify.faults import faults
from attnproof.verify.gates.deciding import TENSORS, Word
from attnproof.verify.gates.rules import Asked, Gate
from attnproof.verify.oracle.api import quantities_of
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.properties.question import TargetError

LONGEST: Final = max(ORDINARY.d_k, ORDINARY.n_k)
FORWARD: Final = ("context", "weights", "scores", "lse")


@dataclass(frozen=True)
class Pair:
    """One result of a fault beside its twin's and the true one."""

    quantity: str
    dtype: str
    actual: Tensor
    reference: Tensor
    precise: Tensor


def decide_fault(gate: Gate, name: str, seed: int = 0) -> Word:
    """What the gate says of the fault of this name."""
    asked = [p for p in _pairs(name, seed) if p.dtype == gate.dtype and (gate.gradients or p.quantity in FORWARD)]
    if not asked:
        return "cannot be asked"
    accepted = (
        gate.accepts(p.actual, p.reference, Asked("normal", p.dtype, LONGEST, p.precise, "attention")) for p in asked
    )
    return "accepts" if all(accepted) else "rejects"


@lru_cache(maxsize=4)
def _pairs(name: str, seed: int) -> tuple[Pair, ...]:
    """Results at ordinary questions that both the fault and its twin answer."""
    fault, found = faults()[name], []
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")  # NaN and overflow in wrong implementations
        torch.manual_seed(seed)
        for question in ordinary(fault.wrong, seed):
            try:
                actual, reference = (question.answered(each).values() for each in (fault.wrong, fault.repaired))
            except TargetError:
                continue
            known = [q for q in actual if q in reference and q in quantities_of(question.request.case)]
            true = certain(question.request.case, tuple(known))
            dtype = question.request.dtype
            found += [
                Pair(
                    q,
                    dtype,
                    *(torch.as_tensor(a).to(TENSORS[dtype]) for a in (actual[q], reference[q], true[q].midpoint())),
                )
                for q in known
            ]
    return tuple(found)
