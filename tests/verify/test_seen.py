"""Which keys take part, in words: what a target sees that is masked, and what it leaves out that is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch

from attnproof.verify.checking.check import check
from attnproof.verify.checking.seen import seen
from attnproof.verify.composing.compose import compose
from attnproof.verify.composing.plan import first_words
from attnproof.verify.composing.row import Row
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.targets import torch_target

SIZES: Final = Setting("sizes", n_q=2, n_k=4, d_q=4, d_k=4, d_a=4, d_v=3, batch=(2,))


def attend(query: Any, key: Any, value: Any, mask: Any = None, dropout: Any = None) -> Any:
    scores = query @ key.mT / query.shape[-1] ** 0.5
    weights = (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1)
    return (weights if dropout is None else weights * dropout) @ value


def last_is_lost(query: Any, key: Any, value: Any, mask: Any = None, dropout: Any = None) -> Any:
    return attend(query, key[..., :-1, :], value[..., :-1, :], None if mask is None else mask[..., :-1], dropout)


def blind(query: Any, key: Any, value: Any, mask: Any = None, dropout: Any = None) -> Any:
    return attend(query, key, value, None, dropout)


def said(function: Callable[..., Any], tied: str = "", **features: str) -> str:
    target = torch_target(function.__name__, "scaled_dot", function, takes=("mask", "dropout"))
    return seen(target, compose(target, first_words(), Row(SIZES, features, tied=tied)))


def test_right_ones_see_what_they_must() -> None:
    for features in ({}, {"mask": "batch"}, {"dropout": "whole"}, {"mask": "whole row"}):
        assert said(attend, **features) == ""


def test_a_key_that_is_left_out_is_named() -> None:
    assert said(last_is_lost) == "query 0 of element 0 does not see key 3, which is not masked (and 3 others alike)"


def test_a_masked_key_that_is_seen_is_named() -> None:
    assert "sees key" in said(blind, mask="shared")
    assert "which is masked" in said(blind, mask="shared")


def test_keys_that_are_values_do_not_tell() -> None:
    sizes = Setting("square", n_q=2, n_k=4, d_q=4, d_k=4, d_a=4, d_v=4)
    target = torch_target("lost", "scaled_dot", last_is_lost)
    assert seen(target, compose(target, first_words(), Row(sizes, tied="key is value"))) == ""


def next_element(query: Any, key: Any, value: Any, mask: Any = None, dropout: Any = None) -> Any:
    return attend(query, key, value.roll(1, 0), mask, dropout)


def test_an_element_that_moves_another_one_is_named() -> None:
    assert said(next_element) == "element 1 moves with the values of element 0"


def one_matrix(query: Any, key: Any, value: Any, weight_query: Any, weight_key: Any, v: Any) -> Any:
    hidden = torch.tanh((query @ weight_query.mT)[..., None, :] + (key @ weight_query.mT)[..., None, :, :])
    return (hidden @ v).softmax(-1) @ value


def without_queries(query: Any, key: Any, value: Any, weight_query: Any, weight_key: Any, v: Any) -> Any:
    hidden = torch.tanh((0.0 * query @ weight_query.mT)[..., None, :] + (key @ weight_key.mT)[..., None, :, :])
    return (hidden @ v).softmax(-1) @ value


def test_arguments_that_take_no_part_are_named() -> None:
    for function, words in (
        (one_matrix, "weight_key takes no part"),
        (without_queries, "query and weight_query take no part"),
    ):
        target = torch_target(function.__name__, "additive", function)
        assert seen(target, compose(target, first_words(), Row(SIZES, {}))) == words


def tail_of_one(query: Any, key: Any, value: Any) -> Any:
    n = key.shape[-2]
    kept = n - 1 if n > 16 and n % 16 == 1 else n
    return attend(query, key[..., :kept, :], value[..., :kept, :])


def test_it_is_the_first_that_a_check_says() -> None:
    report = check(tail_of_one, "scaled_dot", properties=("algebra",), shrink=False)
    assert "keys those from 16 on are not seen" in report.summary()
