"""Who refuses batches that have to be broadcast against each other was not asked; who raises otherwise met an error."""

from __future__ import annotations

from typing import Any

import torch

from attnproof.verify.outcome import ERROR, PASS, UNSUPPORTED
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import torch_target


def joined(query: Any, key: Any, value: Any, weight_concat: Any, v: Any) -> Any:
    n_q, n_k = query.shape[-2], key.shape[-2]
    left = query.unsqueeze(-2).expand(*query.shape[:-1], n_k, query.shape[-1])
    right = key.unsqueeze(-3).expand(*key.shape[:-2], n_q, n_k, key.shape[-1])
    both = torch.cat([left, right], -1)
    return ((both @ weight_concat.mT).tanh() @ v).softmax(-1) @ value


def raising(query: Any, key: Any, value: Any, weight_concat: Any, v: Any) -> Any:
    raise ValueError("never")


def outcomes(function: Any, **how: Any) -> set[str]:
    target = torch_target("own", "concat", function, dtypes=("fp64",), **how)
    return {each.outcome for each in examine(target, "standard", properties=("values", "layout")).findings}


def test_batches_that_are_not_the_same_are_not_asked_of_who_refuses_them() -> None:
    assert outcomes(joined) == {PASS, UNSUPPORTED}


def test_another_error_is_one() -> None:
    assert ERROR in outcomes(raising)


def test_who_takes_groups_is_asked_for_them() -> None:
    assert ERROR in outcomes(joined, takes=("groups",))


def test_more_heads_of_keys_than_of_queries_are_no_groups() -> None:
    def grouped(query: Any, key: Any, value: Any) -> Any:
        if query.ndim < 3:
            return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value
        heads = key.shape[-3]
        shape = (*query.shape[:-3], heads, query.shape[-3] // heads, *query.shape[-2:])
        scores = query.reshape(shape) @ key[..., None, :, :].mT / query.shape[-1] ** 0.5
        context = scores.softmax(-1) @ value[..., None, :, :]
        return context.reshape(*query.shape[:-1], value.shape[-1])

    target = torch_target("own", "scaled_dot", grouped, dtypes=("fp64",), takes=("groups",))
    found = examine(target, "standard", properties=("values", "layout", "grouped heads")).findings
    assert {each.outcome for each in found} == {PASS, UNSUPPORTED}
