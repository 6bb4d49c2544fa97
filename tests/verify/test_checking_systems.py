"""What people compute today, through ``check``: for each one target that is right and one that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import attnproof
from attnproof.verify.checking.report import Report
from attnproof.verify.faults import features, parts
from attnproof.verify.properties.groups import GROUPED

QUICK = {"profile": "quick", "dtypes": ("fp64",), "shrink": False}
SOUND = parts.assemble()
WIDTH = GROUPED.d_q


def changed(**how: Callable[[Any], Any]) -> Callable[..., Any]:
    """The right implementation, given other arguments than it was called with."""

    def attend(**given: Any) -> Any:
        return SOUND(**{name: how[name](value) if name in how else value for name, value in given.items()})

    return attend


def top_left(**given: Any) -> Any:
    """Causal from the top left: as if there were as many keys as queries, or queries as keys, at the end."""
    n_q, n_k = given["query"].shape[-2], given["key"].shape[-2]
    if not given.pop("causal", False):
        return SOUND(**given)
    import torch

    return SOUND(**given, mask=torch.ones(n_q, n_k, dtype=torch.bool).tril())


def lost_level(**given: Any) -> Any:
    return parts.assemble(level=features._detached)(**given)


SYSTEMS: dict[str, tuple[str, dict[str, Any], Callable[..., Any], Callable[..., Any]]] = {
    "grouped heads": (
        "grouped heads",
        {"takes": ("groups",), "contract": {"groups": "consecutive"}},
        SOUND,
        parts.assemble(spread=features.strided_heads),
    ),
    "sliding window": (
        "masks",
        {"takes": ("window",), "contract": {"causal": "bottom-right"}},
        SOUND,
        changed(window=lambda w: w + 1),
    ),
    "causal window": (
        "masks",
        {"takes": ("window", "causal"), "contract": {"causal": "bottom-right"}},
        SOUND,
        changed(window=lambda w: max(w - 1, 0)),
    ),
    "causal, bottom right": (
        "masks",
        {"takes": ("causal",), "contract": {"causal": "bottom-right"}},
        SOUND,
        top_left,
    ),
    "causal, top left": ("masks", {"takes": ("causal",), "contract": {"causal": "top-left"}}, top_left, SOUND),
    "variable lengths": ("masks", {"takes": ("lengths",)}, SOUND, changed(lengths=lambda n: (n - 1).clamp(min=1))),
    "dropout mask": ("dropout mask", {"takes": ("dropout",)}, SOUND, changed(dropout=lambda m: (m > 0).to(m.dtype))),
    "dropout mask and rate": (
        "dropout mask",
        {"takes": ("dropout", "dropout_rate"), "contract": {"dropout": "applied"}},
        SOUND,
        parts.assemble(rescaled=features.no_factor),
    ),
    "soft-cap": (
        "combinations",
        {"takes": ("softcap",), "contract": {"softcap": "cap then mask"}},
        SOUND,
        changed(softcap=lambda cap: 2.0 * cap),
    ),
    "rotary positions": (
        "rotary positions",
        {"takes": ("rotary",), "contract": {"rotary": "half-split"}},
        SOUND,
        parts.assemble(rotate=features.interleaved),
    ),
    "one sink": ("sink", {"takes": ("sink",)}, SOUND, changed(sink=lambda s: s - 1.0)),
    "log-sum-exp": (
        "log-sum-exp",
        {"outputs": ("context=0", "lse=1")},
        parts.assemble(level=parts.level),
        parts.assemble(level=lambda values, sink: 2.0 * parts.level(values, sink)),
    ),
    "gradient of the log-sum-exp": (
        "log-sum-exp",
        {"outputs": ("context=0", "lse=1")},
        parts.assemble(level=parts.level),
        lost_level,
    ),
}


def asked(name: str, function: Callable[..., Any]) -> Report:
    property_, options, _, _ = SYSTEMS[name]
    return attnproof.check(function, "scaled_dot", properties=(property_,), **(QUICK | options))


@pytest.mark.parametrize("name", list(SYSTEMS))
def test_the_right_one_passes_and_the_wrong_one_does_not(name: str) -> None:
    _, _, right, wrong = SYSTEMS[name]
    good, bad = asked(name, right), asked(name, wrong)
    assert good.ok, good.summary()
    assert [v.outcome for v in good.verdicts] == ["pass"]
    assert [v.outcome for v in bad.verdicts] == ["fail"], bad.summary()


def test_a_lost_gradient_of_the_log_sum_exp_is_seen_in_gradients_only() -> None:
    bad = asked("gradient of the log-sum-exp", lost_level)
    assert {f.quantity for f in bad.findings if f.outcome == "fail"} <= {"grad.query", "grad.key"}


def test_either_alignment_is_found_out_where_none_is_declared() -> None:
    for function, word in ((SOUND, "bottom-right"), (top_left, "top-left")):
        report = attnproof.check(function, "scaled_dot", properties=("masks",), takes=("causal",), **QUICK)
        assert report.ok
        assert report.observed["causal"] == word


@pytest.mark.parametrize("order", ["consecutive", "strided"])
@pytest.mark.parametrize("layout", ["b h q d", "b q h d", "b q (h d)"])
def test_grouped_heads_in_the_layouts_of_the_field(layout: str, order: str) -> None:
    """(batch, heads, positions, width), flash-attention's (batch, positions, heads, width), and heads merged with the
    width.
    """
    counts: set[tuple[int, int]] = set()
    of_keys = layout.replace("q", "k")
    layouts = f"query={layout}, key={of_keys}, value={of_keys.replace('d', 'v')}, context={layout.replace('d', 'v')}"

    def attend(query: Any, key: Any, value: Any) -> Any:
        def ours(array: Any, count: int) -> Any:
            split = array.unflatten(-1, (count, -1)) if layout.endswith(")") else array
            return split if layout == "b h q d" else split.transpose(1, 2)

        wide = {"b h q d": query.shape[1], "b q h d": query.shape[2] if query.ndim > 3 else 0}.get(layout)
        count = wide or query.shape[-1] // WIDTH
        few = key.shape[1 if layout == "b h q d" else 2] if wide else key.shape[-1] // WIDTH
        counts.add((count, few))
        spread = features.strided_heads if order == "strided" else parts.spread
        found = parts.assemble(spread=spread)(query=ours(query, count), key=ours(key, few), value=ours(value, few))
        if layout == "b h q d":
            return found
        moved = found.transpose(1, 2)
        return moved.flatten(-2) if layout.endswith(")") else moved

    report = attnproof.check(
        attend, "scaled_dot", properties=("grouped heads",), takes=("groups",), layout=layouts, **QUICK
    )
    assert report.ok, report.summary()
    assert report.observed["groups"] == order
    # Grouped, and one head of keys for all; besides, a head alone is asked in which format it computes, and as many
    # heads of keys as of queries whether they are turned.
    assert {pair for pair in counts if pair[0] != pair[1]} == {(6, 2), (3, 1)}
    declared = {"groups": "strided" if order == "consecutive" else "consecutive"}
    wrong = attnproof.check(
        attend,
        "scaled_dot",
        properties=("grouped heads",),
        takes=("groups",),
        layout=layouts,
        contract=declared,
        **QUICK,
    )
    assert [v.outcome for v in wrong.verdicts] == ["fail"], wrong.summary()
