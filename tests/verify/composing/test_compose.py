"""Composed questions: an implementation with every feature, written without them, answers each as the truth has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from attnproof.verify.composing.compose import Composed, compose
from attnproof.verify.composing.plan import first_words, plan
from attnproof.verify.composing.sizes import sizes_for
from attnproof.verify.faults import features, parts
from attnproof.verify.oracle.api import enclose
from attnproof.verify.targets.target import Target

Values = dict[str, np.ndarray[Any, np.dtype[np.float64]]]
NEAR: Final = 1e-9  # of fp64: sums of fewer than 10³ terms below 10³, so that rounding is below 10⁶ · 2⁻⁵³
DECLARED: Final = first_words({f: w for f in vars(parts.CONTRACT) if (w := getattr(parts.CONTRACT, f))})
OTHERWISE: Final = {
    **DECLARED,
    "groups": "strided",
    "rotary": "interleaved",
    "alibi": "signed",
    "dropout": "included",
    "sink": "before the soft-cap",
}
FEW: Final = ("fewer queries", "one query", "more queries", "equal")


def with_sinks(function: Callable[..., Any]) -> Callable[..., Any]:
    def attention(**given: Any) -> Any:
        sinks = given.pop("sinks", None)
        return function(**given) if sinks is None else function(**given, sink=sinks[:, None, None])

    return attention


def everything(family: str, **changed: Any) -> Target:
    function = with_sinks(parts.assemble(family=family, level=parts.level, **changed))
    takes = (*parts.target("x", function, family).takes, "sinks")
    return parts.target("everything", function, family, outputs=("context", "lse"), takes=takes)


def otherwise() -> Target:
    function = with_sinks(
        features.whole(
            spread=features.strided_heads,
            rotate=features.interleaved,
            alibi=features.signed,
            rescaled=features.no_factor,
        )
    )
    return parts.target("otherwise", function, outputs=("context", "lse"), takes=(*parts.TAKES, "sinks"))


def truth(question: Composed) -> Values:
    """Outputs in the shapes of the case, gradients in those of what is handed over."""
    found = {name: each.midpoint() for name, each in enclose(question.case, 128).items()}
    values = {name: array for name, array in found.items() if not name.startswith("grad.")}
    for name in question.request.gradients or ():
        given = question.request.given[name]
        roles = [name, *(n for n, other in question.request.tied.items() if other == name)]
        parts_ = [
            link.carried(found[f"grad.{own}"], given.size)
            for own, link in question.links.items()
            if link.name in roles and f"grad.{own}" in found
        ]
        values[f"grad.{name}"] = sum(parts_, np.zeros(given.size)).reshape(given.shape)
    return values


def differences(target: Target, question: Composed) -> dict[str, float]:
    answer = target.ask(question.request)
    wanted = truth(question)
    heads = question.heads
    got = {"context": heads.apart(answer.outputs["context"], 2)}
    if "lse" in question.row.features:
        got["lse"] = heads.apart(answer.outputs["lse"], 1)
    got |= {f"grad.{name}": array for name, array in answer.gradients.items()}
    assert set(answer.gradients) == set(question.request.gradients or ())
    return {name: float(np.max(np.abs(array - wanted[name]))) for name, array in got.items()}


@pytest.mark.parametrize(
    ("target", "choice", "every"),
    [
        (everything("scaled_dot"), DECLARED, 1),
        (everything("additive"), DECLARED, 4),
        (otherwise(), OTHERWISE, 4),
        pytest.param(everything("additive"), DECLARED, 1, marks=pytest.mark.slow),
        pytest.param(otherwise(), OTHERWISE, 1, marks=pytest.mark.slow),
    ],
    ids=["scaled_dot", "some, additive", "some, every other choice", "additive", "every other choice"],
)
def test_every_planned_question_is_answered_as_its_truth_says(
    target: Target, choice: dict[str, str], every: int
) -> None:
    sizes = tuple(each for each in sizes_for(target) if each.name in FEW)
    for row in plan(target, choice, sizes=sizes).rows[::every]:
        question = compose(target, choice, row)
        for name, difference in differences(target, question).items():
            assert difference < NEAR, (row.words, name, difference)
