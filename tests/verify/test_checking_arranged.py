"""Arrays of which no layout is declared: asked in the one in which the target answers, and the report says which."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

import attnproof

QUICK = {"profile": "quick", "dtypes": ("fp64",), "properties": ("algebra", "values", "batch apart", "layout")}


def single(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    (_, width), (_, _) = query.shape, key.shape
    return (query @ key.T / math.sqrt(width)).softmax(-1) @ value


def batched(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.bmm((torch.bmm(query, key.mT) / math.sqrt(query.shape[-1])).softmax(-1), value)


def any_batch(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.mT / math.sqrt(query.shape[-1])).softmax(-1) @ value


def by(pattern: str) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """An attention of arrays with these axes, ``n`` and ``w`` their own two."""
    query, key = (pattern.replace("n", n).replace("w", "d") for n in "qk")
    value, result = pattern.replace("n", "k").replace("w", "v"), pattern.replace("n", "q").replace("w", "v")
    lead = "".join(letter for letter in "bh" if letter in pattern)

    def attention(query_: Tensor, key_: Tensor, value_: Tensor) -> Tensor:
        scores = torch.einsum(f"{query},{key}->{lead}qk", query_, key_) / math.sqrt(query_.shape[pattern.index("w")])
        return torch.einsum(f"{lead}qk,{value}->{result}", scores.softmax(-1), value_)

    def called(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return attention(query, key, value)

    return called


@pytest.mark.parametrize(
    ("function", "axes"),
    [
        pytest.param(any_batch, None, id="any"),
        pytest.param(single, "q d", id="single"),
        pytest.param(batched, "b q d", id="batched"),
        pytest.param(by("bhnw"), "b h q d", id="heads"),
        *(
            pytest.param(by(pattern), axes, id=pattern)
            for pattern, axes in (
                ("bnhw", "b q h d"),
                ("nbw", "q b d"),
                ("nbhw", "q b h d"),
                ("bwn", "b d q"),
            )
        ),
    ],
)
def test_a_right_one_is_asked_in_its_layout(function: Callable[..., Tensor], axes: str | None) -> None:
    report = attnproof.check(function, "scaled_dot", **QUICK)
    assert report.ok, report.summary()
    found = report.laid_out.get("arrays")
    assert (None if found is None else found.partition(",")[0]) == (None if axes is None else f"query={axes}")
    if found is not None:
        assert f'--layout "{found}"  declares the layout in which it was asked' in report.summary()
        declared = attnproof.check(function, "scaled_dot", layout=found, **QUICK)
        assert [f.outcome for f in declared.findings] == [f.outcome for f in report.findings]


def test_a_wrong_one_is_wrong_in_its_layout() -> None:
    def unscaled(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return by("bnhw")(query * math.sqrt(query.shape[-1]), key, value)

    report = attnproof.check(unscaled, "scaled_dot", shrink=False, **QUICK)
    assert "FAULT FOUND (algebra)" in report.diagnosis
    assert report.laid_out["arrays"].startswith("query=b q h d")


def test_what_answers_nowhere_raises_as_it_does() -> None:
    def refuses(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        raise RuntimeError("not today")

    report = attnproof.check(refuses, "scaled_dot", **QUICK)
    assert not report.laid_out
    assert "not today" in report.diagnosis


@pytest.mark.parametrize("framework", ["numpy", "jax"])
def test_in_other_libraries(framework: str) -> None:
    library = pytest.importorskip("numpy" if framework == "numpy" else "jax.numpy")

    def one_sequence(query: np.ndarray, key: np.ndarray, value: np.ndarray) -> np.ndarray:
        (_, d), (_, _) = query.shape, key.shape
        scores = query @ key.T / math.sqrt(d)
        weights = library.exp(scores - scores.max(-1, keepdims=True))
        return weights / weights.sum(-1, keepdims=True) @ value

    report = attnproof.check(one_sequence, "scaled_dot", framework=framework, **QUICK)
    assert report.ok, report.summary()
    assert report.laid_out["arrays"].startswith("query=q d, key=k d")


def test_values_of_another_width_that_are_refused_are_not_asked_for() -> None:
    def one_width(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        if value.shape[-1] != query.shape[-1]:
            raise ValueError(f"values are {value.shape[-1]} wide")
        return any_batch(query, key, value)

    def breaks(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return any_batch(query, key, value) * [1.0][value.shape[-1] - query.shape[-1]]

    def loses(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return any_batch(query, key, value[..., : query.shape[-1]])

    report = attnproof.check(one_width, "scaled_dot", **QUICK)
    assert report.ok, report.summary()
    assert report.observed["sizes"] == "d_v=d"
    assert "--equal d_v=d  declares sizes that are one number" in report.summary()
    whole = {"profile": "standard", "dtypes": ("fp64",), "properties": ("algebra",)}
    for wrong, how in ((breaks, QUICK), (loses, whole)):  # a mistake, and a wrong result
        report = attnproof.check(wrong, "scaled_dot", shrink=False, **how)
        assert not report.ok
        assert "sizes" not in report.observed
