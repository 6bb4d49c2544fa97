"""The truth in the ring is what a correct program, recorded and evaluated in the same ring, has: every feature, forward
and backward.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import torch

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.verify.composing.compose import Composed, compose
from attnproof.verify.composing.plan import first_words, plan
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.sizes import sizes_for
from attnproof.verify.composing.truth import drawn, truth
from attnproof.verify.faults import features, parts
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.in_torch import TorchRecorder
from attnproof.verify.targets import Target, torch_target

ORDER: Final = 3
DECLARED: Final = first_words({f: w for f in vars(parts.CONTRACT) if (w := getattr(parts.CONTRACT, f))})
OTHERWISE: Final = {
    **DECLARED,
    "groups": "strided",
    "rotary": "interleaved",
    "alibi": "signed",
    "dropout": "included",
    "sink": "before the soft-cap",
    "lse_base": "2",
}
FEW: Final = ("fewer queries", "one query", "more queries", "equal")
RULES: Final[Mapping[str, Callable[..., Any]]] = {
    "cast": lambda a: a,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "power": lambda a, exponent: a.power(Fraction(exponent)),
    "sum": lambda a, axes: a.sum(axes),
    "matmul": lambda a, b: a @ b,
    "segment_sum": lambda a, segments: a.segment_sum(segments, int(segments.max()) + 1),
}


def with_sinks(function: Callable[..., Any]) -> Callable[..., Any]:
    def attention(**given: Any) -> Any:
        sinks = given.pop("sinks", None)
        return function(**given) if sinks is None else function(**given, sink=sinks[:, None, None])

    return attention


def everything(family: str, **changed: Any) -> Target:
    function = with_sinks(parts.assemble(family=family, **({"level": parts.level} | changed)))
    takes = (*parts.target("x", function, family).takes, "sinks")
    return parts.target("everything", function, family, outputs=("context", "lse"), takes=takes)


def otherwise() -> Target:
    function = features.whole(
        spread=features.strided_heads,
        rotate=features.interleaved,
        alibi=features.signed,
        rescaled=features.no_factor,
        level=lambda values, sink: parts.level(values, sink) / float(np.log(2.0)),
    )
    takes = (*parts.TAKES, "sinks")
    return parts.target("otherwise", with_sinks(function), outputs=("context", "lse"), takes=takes)


def in_ring(target: Target, question: Composed, ring: Ring, given: Mapping[str, Elements]) -> dict[str, Elements]:
    recorder = TorchRecorder()
    with recording(recorder):
        target.ask(question.request)
    found = recorder.finish()
    store = ring.store(found.elements)
    (call,) = found.calls
    handed = np.zeros(found.elements, bool)
    for name, ids in {**call.inputs, **call.seeds}.items():
        if name in given:
            store.put(ids, given[name])
            handed[ids] = True
    for operation in found.operations:
        if operation.name in ("input", "constant"):
            rest = operation.output[~handed[operation.output]]
            if rest.size:
                store.put(rest, ring.recognised(found.values[rest], operation.dtype))
            continue
        inputs = [store.take(ids) for ids in operation.inputs]
        rule = RULES.get(operation.name) or (lambda a, name=operation.name: getattr(a, name)())
        store.put(operation.output, rule(*inputs, **operation.attributes))
    return {name: store.take(ids) for name, ids in call.results.items()}


def judged(target: Target, choice: Mapping[str, str], row: Row) -> dict[str, tuple[bool, bool]]:
    """Quantity -> whether all is equal, whether all is decided."""
    question = compose(target, choice, row)
    ring = Ring(ORDER, row.number)
    given = drawn(question, ring)
    wanted = truth(question, ring, given)
    found = in_ring(target, question, ring, given)
    result = {}
    for name in found.keys() & wanted.keys():
        equal, decided = ring.equal(found[name], wanted[name])
        assert equal.shape == tuple(found[name].shape)
        result[name] = (bool(equal[decided].all()), bool(decided.all()))
    assert {f"grad.{name}" for name in question.request.gradients or ()} <= set(result)
    return result


@pytest.mark.parametrize(
    ("target", "choice"),
    [
        (everything("scaled_dot"), DECLARED),
        pytest.param(everything("additive"), DECLARED, marks=pytest.mark.slow),
        pytest.param(otherwise(), OTHERWISE, marks=pytest.mark.slow),
    ],
    ids=["scaled_dot", "additive", "every other choice"],
)
def test_a_correct_program_has_the_truth(target: Target, choice: dict[str, str]) -> None:
    sizes = tuple(each for each in sizes_for(target) if each.name in FEW)
    undecided = 0
    for row in plan(target, choice, sizes=sizes).rows:
        found = judged(target, choice, row)
        assert all(equal for equal, _ in found.values()), (row.words, found)
        undecided += not all(decided for _, decided in found.values())
    assert undecided == 0


WRONG: Final[Mapping[str, tuple[set[str], dict[str, Any]]]] = {  # with the features beside which it shows
    "causal forgotten beside a mask": (
        {"causal", "mask"},
        {
            "visible": lambda s, mask, causal, window, lengths: parts.visible(
                s, mask, causal and mask is None, window, lengths
            )
        },
    ),
    "slopes of ALiBi of the wrong heads": ({"slopes"}, {"alibi": lambda s, slopes: parts.alibi(s, slopes.flip(0))}),
    "no ALiBi at one query": (
        {"slopes"},
        {"alibi": lambda s, slopes: parts.alibi(s, slopes) * (s.shape[-2] > 1)},
    ),
    "dropout before the normalisation": (
        {"dropout"},
        {
            "combine": lambda weights, value, dropout: parts.combine(
                weights if dropout is None else weights * dropout / (weights * dropout).sum(-1, keepdim=True),
                value,
                None,
            )
        },
    ),
}


def cosine(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, temperature: torch.Tensor) -> torch.Tensor:
    lengths = [(x * x).sum(-1).sqrt() for x in (query, key)]
    scores = (query @ key.mT) / (temperature * lengths[0][..., :, None] * lengths[1][..., None, :])
    return scores.softmax(-1) @ value


def test_a_score_of_a_user_that_takes_roots() -> None:
    score = str(Path(__file__).parents[3] / "docs" / "examples" / "cosine.py") + ":cosine"
    target = torch_target("cosine", score, cosine)
    sizes = tuple(each for each in sizes_for(target) if each.name in FEW[:2])
    for row in plan(target, DECLARED, sizes=sizes).rows[::3]:
        assert set(judged(target, DECLARED, row).values()) == {(True, True)}, row.words


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_program_has_not(name: str) -> None:
    features_, changed = WRONG[name]
    target = everything("scaled_dot", **changed)
    rows = plan(target, DECLARED, sizes=tuple(s for s in sizes_for(target) if s.name in FEW)).rows
    rows = [row for row in rows if features_ <= set(row.features)]
    assert any(not all(equal for equal, _ in judged(target, DECLARED, row).values()) for row in rows)
