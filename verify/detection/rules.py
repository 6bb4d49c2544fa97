"""Rules by which tests of attention commonly decide, put to the same targets as the verifier: for comparison only.

Each is given every advantage that its users do not have: its reference values are the certified ones. ``ordinary``
inputs are those of a usual test (standard normal, one size, a mask, a causal flag and whatever else the target takes);
``ours`` are the inputs of the property ``values`` and log-sum-exps of scores about 1000, so that what a rule misses
there it misses for its tolerance. The tolerances are applied in fp32 (in the target's formats where it has no fp32),
the comparison with a reference in half precision, gradcheck in fp64: each where it is commonly used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
import torch

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.faults import parts
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.oracle.api import quantities_of
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.properties import features, values
from attnproof.verify.properties.asking import case_of, handed_over
from attnproof.verify.properties.property import Draw
from attnproof.verify.properties.question import Question, TargetError
from attnproof.verify.properties.ways import masked_by, ways
from attnproof.verify.targets.function import torch_target
from attnproof.verify.targets.target import Request, Target

Verdict = Literal["rejects", "accepts", "not applicable"]
ORDINARY: Final = Setting("ordinary", n_q=8, n_k=10, d_q=16, d_k=16, d_a=8, d_v=8, batch=(2,))
# gradcheck evaluates twice for every input: its users take small ones.
TINY: Final = Setting("gradcheck", n_q=2, n_k=3, d_q=4, d_k=4, d_a=3, d_v=2, batch=(2,))
HALF: Final = ("bf16", "fp16")

# torch.testing.assert_close: relative and absolute tolerance by dtype (PyTorch documentation).
CLOSE: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"fp16": (1e-3, 1e-5), "bf16": (1.6e-2, 1e-5), "fp32": (1.3e-6, 1e-5), "fp64": (1e-7, 1e-7)}
)
THOUSANDTH: Final = 1e-3
HUNDREDTH: Final = 1e-2
FLASH_FACTOR: Final = 2.0  # "at most twice the error of the low-precision reference"


@dataclass(frozen=True)
class Compared:
    """One answer beside the true values.

    pairs       ``(computed, true)`` by quantity
    reference   the same quantities by a plain implementation in half precision; empty in other formats
    tolerances  whether rules with a tolerance are applied in this format
    """

    dtype: str
    pairs: Mapping[str, tuple[Array, Array]]
    reference: Mapping[str, Array]
    tolerances: bool


@dataclass(frozen=True)
class Rule:
    """A rule in common use.

    accepts  whether it accepts one answer; None where it says nothing about it
    """

    name: str
    says: str
    accepts: Callable[[Compared], bool | None]


def _within(tolerance: Mapping[str, tuple[float, float]]) -> Callable[[Compared], bool | None]:
    def accepts(found: Compared) -> bool | None:
        if not found.tolerances:
            return None
        rtol, atol = tolerance[found.dtype]
        with np.errstate(all="ignore"):
            return all(
                computed.shape == true.shape and bool(np.all(np.abs(computed - true) <= atol + rtol * np.abs(true)))
                for computed, true in found.pairs.values()
            )

    return accepts


def _twice_the_reference(found: Compared) -> bool | None:
    if found.dtype not in HALF or not found.reference:
        return None
    with np.errstate(all="ignore"):
        return all(
            computed.shape == true.shape
            and bool(
                np.max(np.abs(computed - true))
                <= FLASH_FACTOR * np.max(np.abs(found.reference[name] - true)) + CLOSE["fp32"][1]
            )
            for name, (computed, true) in found.pairs.items()
            if name in found.reference
        )


USUAL: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("assert_close", "torch.testing.assert_close with its defaults", _within(CLOSE)),
            # What others judge by, reported beside the verifier's own decision; nothing here is judged with it.
            Rule("1e-3", "rtol = atol = 1e-3", _within(dict.fromkeys(CLOSE, (THOUSANDTH, THOUSANDTH)))),
            Rule("0.01", "largest absolute error at most 0.01", _within(dict.fromkeys(CLOSE, (0.0, HUNDREDTH)))),
            Rule(
                "twice the reference",
                "at most twice the error of a plain implementation in the same half precision "
                "(flash-attention's tests)",
                _twice_the_reference,
            ),
        )
    }
)
GRADCHECK: Final = "gradcheck"
NAMES: Final = (*USUAL, GRADCHECK)


def judged(target: Target, seed: int = 0) -> dict[str, tuple[Verdict, Verdict]]:
    """For each rule its verdict on ordinary inputs, and on ours (gradcheck chooses its own: one verdict)."""
    usual = list(_answers(target, ordinary(target, seed)))
    ours = list(_answers(target, _ours(target, seed)))
    found = {name: (_verdict(rule, usual), _verdict(rule, ours)) for name, rule in USUAL.items()}
    check = _gradcheck(target, seed)
    return found | {GRADCHECK: (check, check)}


def _verdict(rule: Rule, answers: list[Compared | None]) -> Verdict:
    """A target that raises is rejected by nobody: a test that crashes is noticed, but not by the rule."""
    said = [accepted for answer in answers if answer is not None and (accepted := rule.accepts(answer)) is not None]
    return "not applicable" if not said else "accepts" if all(said) else "rejects"


def _formats(target: Target) -> tuple[str, ...]:
    """fp32 for tolerances and one half format for the comparison with a reference; what the target has where it has no
    fp32.
    """
    if "fp32" not in target.dtypes:
        return target.dtypes
    return ("fp32", *[dtype for dtype in HALF if dtype in target.dtypes][:1])


def ordinary(target: Target, seed: int) -> Iterator[Question]:
    """Arrays alone, masks, and whatever else the target takes or returns."""
    for dtype in _formats(target):
        draw = Draw(ORDINARY, "normal", dtype, "cpu", seed)
        case = case_of(target, draw)
        yield Question(Request(case, dict(case.inputs), gradients=target.differentiable(case)), "alone")
        for way in ways(target, ORDINARY, target.contract.causal or "bottom-right", seed):
            if way.name in ("mask", "bias of −∞", "causal"):
                masked = Request(masked_by(case, way), {**case.inputs, **way.given}, gradients=())
                yield Question(masked, way.name)
        yield from features.questions(target, dtype, seed, ORDINARY, ordinary=True)


def _ours(target: Target, seed: int) -> Iterator[Question]:
    for dtype in _formats(target):
        for draw in values.draws(target, "quick", dtype, "cpu", seed):
            request = handed_over(target, case_of(target, draw))
            if request is not None and draw.setting.mask != "row":
                yield Question(request, draw.input_class)
        yield from features.questions(target, dtype, seed, ORDINARY, ordinary=False)


def _answers(target: Target, questions: Iterator[Question]) -> Iterator[Compared | None]:
    for question in questions:
        request = question.request
        try:
            answer = question.answered(target)
        except TargetError:
            yield None
            continue
        known = quantities_of(request.case)
        found = {name: value for name, value in answer.values().items() if name in known}
        truth = certain(request.case, tuple(found))
        pairs = {name: (value, truth[name].midpoint()) for name, value in found.items()}
        tolerances = request.dtype not in HALF or "fp32" not in target.dtypes
        yield Compared(request.dtype, pairs, _reference(request), tolerances)


def _reference(request: Request) -> dict[str, Array]:
    """A plain implementation in the same half precision, from the case's own inputs."""
    family = request.case.score
    if request.dtype not in HALF or family not in ("scaled_dot", "additive"):
        return {}
    if "sink_score" in request.case.inputs:
        return {}
    level = parts.level if request.case.grad_lse is not None else None
    function = parts.assemble(family=family, level=level)
    plain = torch_target("plain", family, function, outputs=("context", "lse") if level else ("context",))
    return plain.ask(Request(request.case, dict(request.case.inputs))).values()


def _gradcheck(target: Target, seed: int) -> Verdict:
    """``torch.autograd.gradcheck`` with its defaults, on small ordinary inputs in fp64."""
    if target.framework != "torch" or not target.gradients or "fp64" not in target.dtypes:
        return "not applicable"
    case = case_of(target, Draw(TINY, "normal", "fp64", "cpu", seed))
    names = list(case.inputs)
    tensors = [
        torch.tensor(value, dtype=TORCH_DTYPES["fp64"], requires_grad=name in target.differentiable(case))
        for name, value in case.inputs.items()
    ]
    function = getattr(target.ask, "function", None)
    if function is None:
        return "not applicable"

    def call(*arguments: torch.Tensor) -> Any:
        found = function(**dict(zip(names, arguments, strict=True)))
        return tuple(found.values()) if isinstance(found, dict) else found  # outputs by their names

    try:
        return "accepts" if torch.autograd.gradcheck(call, tensors, raise_exception=False) else "rejects"
    except RuntimeError:
        return "rejects"
