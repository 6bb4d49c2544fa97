"""``attnproof.assert_close``: what passes, what fails with which words, and where nothing can be said."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch.nn import functional as F

import attnproof
from attnproof import UndecidedError, assert_close
from attnproof.verify.against.patterns import pattern

torch.manual_seed(0)
Q, K, V = (torch.randn(2, 3, 20, 20) for _ in range(3))


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1) @ v


OUT = F.scaled_dot_product_attention(Q, K, V)


def test_a_right_result_passes() -> None:
    assert_close(OUT, attend, Q, K, V)
    assert "assert_close" in attnproof.__all__


WRONG: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], str]] = {
    "zeros": (torch.zeros_like, "it is 0 everywhere"),
    "a constant": (lambda x: torch.full_like(x, 0.5), "it is 0.5 everywhere"),
    "a factor": (lambda x: x * 1.02, "it is 1.02 times what is right"),
    "the sign": (torch.neg, "the sign of everything is the opposite"),
    "transposed": (lambda x: x.mT, "axes 2 and 3 are exchanged"),
    "heads": (lambda x: x.transpose(1, 2).reshape(x.shape), "axes 1 and 2 exchanged, in the shape"),
    "shifted": (lambda x: x.roll(1, -2), "one place too far along axis 2"),
    "reversed": (lambda x: x.flip(0), "axis 0 is reversed"),
    "an offset": (lambda x: x + 0.25, "off by 0.25"),
    "NaN": (lambda x: torch.where(torch.arange(20)[:, None] == 3, math.nan, x), "NaN of 2400 .* 3 of axis 2"),
    "the last rows": (lambda x: torch.where(torch.arange(20)[:, None] > 16, 0.0, x), "at 17 to 19 of axis 2"),
    "half precision": (lambda x: x.bfloat16().float(), "numbers of bf16"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_one_fails_with_one_diagnosis(name: str) -> None:
    change, words = WRONG[name]
    with pytest.raises(AssertionError, match=words) as found:
        assert_close(change(OUT), attend, Q, K, V)
    said = str(found.value)
    assert said.count("Seen:") == 1
    assert re.search(r"worst at \[.*\]: got .*0x.*, expected -?0x", said) or name == "NaN"
    assert "rounding can make" in said


def test_no_pattern_without_numbers_for_it() -> None:
    with pytest.raises(AssertionError) as found:
        assert_close(OUT + 0.1 * torch.randn_like(OUT), attend, Q, K, V)
    assert "Seen:" not in str(found.value)


def test_a_result_of_the_call_before() -> None:
    assert_close(OUT, attend, Q, K, V)
    with pytest.raises(AssertionError, match="the result of the call before"):
        assert_close(OUT, attend, Q.flip(0) * 2, K, V)
    with pytest.raises(AssertionError) as found:  # asked the same again, it is no stale result
        assert_close(OUT * (1 + 0.1 * torch.randn_like(OUT)), attend, Q, K, V)
    assert "call before" not in str(found.value)


def test_torch_says_shape_format_and_device() -> None:
    for wrong, words in ((OUT[:1], "'shape'"), (OUT.double(), "'dtype'"), (OUT.to("meta"), "'device'")):
        with pytest.raises(AssertionError, match=words):
            assert_close(wrong, attend, Q, K, V)
    assert_close(attend(Q.double(), K.double(), V.double()).float(), attend, Q, K, V)
    assert_close(OUT.bfloat16(), attend, Q, K, V, check_dtype=False)


def test_structures() -> None:
    def both(x: torch.Tensor) -> dict[str, Any]:
        return {"exp": torch.exp(x), "rest": [torch.tanh(x), torch.topk(x, 3).indices]}

    right = both(Q)
    assert_close(right, both, Q)
    with pytest.raises(AssertionError, match=r"structures do not match: result, .*\['rest'\]\[1\]|structures"):
        assert_close(OUT, both, Q)
    right["rest"][1] = right["rest"][1] + 1
    with pytest.raises(AssertionError, match="whole numbers differ"):
        assert_close(right, both, Q)


def test_gradients() -> None:
    upstream = torch.randn_like(OUT)
    own = tuple(x.clone().requires_grad_() for x in (Q, K, V))
    parts = torch.autograd.grad(F.scaled_dot_product_attention(*own), own, upstream)
    assert_close(parts, attend, Q, K, V, upstream=upstream)
    with pytest.raises(AssertionError, match=r"result\[1\].*2 times what is right"):
        assert_close((parts[0], 2 * parts[1], parts[2]), attend, Q, K, V, upstream=upstream)


def test_jax_and_numpy() -> None:
    def jax_attend(q: Any, k: Any, v: Any) -> Any:
        return jax.nn.softmax(q @ k.mT / jnp.sqrt(q.shape[-1])) @ v

    given = [jnp.asarray(x.numpy()) for x in (Q, K, V)]
    assert_close(jax.jit(jax_attend)(*given), jax_attend, *given)
    assert_close(OUT, jax_attend, *given)
    with pytest.raises(AssertionError, match=r"1\.03 times"):
        assert_close(jax_attend(*given) * 1.03, jax_attend, *given)
    found = jax.vjp(jax_attend, *given)[1](given[2])
    assert_close(found, jax_attend, *given, upstream=given[2])
    array = Q.numpy()
    assert_close(np.tanh(array), np.tanh, array)
    with pytest.raises(AssertionError, match="0 everywhere"):
        assert_close(np.zeros_like(array), np.tanh, array)


def test_tolerances_are_refused_and_a_result_is_no_reference() -> None:
    with pytest.raises(TypeError, match="no rtol and atol: the bound of each element is derived"):
        assert_close(OUT, attend, Q, K, V, rtol=1e-3, atol=1e-3)
    with pytest.raises(TypeError, match="the reference function"):
        assert_close(OUT, OUT)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unknown: rtoll"):
        assert_close(OUT, attend, Q, K, V, rtoll=1e-3)


def test_where_nothing_can_be_said_nothing_passes() -> None:
    with pytest.raises(UndecidedError, match="lgamma"):
        assert_close(torch.lgamma(Q), torch.lgamma, Q)
    long = torch.randn(1 << 11)
    with pytest.raises(UndecidedError, match="zeros would pass"):
        assert_close(long.bfloat16().sum(), lambda x: x.sum(), long.bfloat16(), computed_in="bf16")
    with pytest.raises(UndecidedError, match="leave the range of fp16"):
        assert_close(
            torch.ones(3, dtype=torch.float16), lambda x: torch.tanh(x * 60000 * x), torch.full((3,), 3.0).half()
        )
    assert not issubclass(UndecidedError, AssertionError)


def test_choices_that_rounding_decides_are_no_failure() -> None:
    x = torch.tensor([[0.1, 0.1, -0.2], [1.0, 2.0, 3.0]])
    with pytest.raises(UndecidedError, match="rounding decides 1 choices"):
        assert_close(torch.tensor([1e-4, 6.0]), lambda x: torch.relu(x.sum(-1)), x)


def test_nan_of_the_reference() -> None:
    nothing = torch.full((20, 20), -math.inf)

    def masked(q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
        return torch.softmax(q @ k.mT + nothing, -1)

    with pytest.raises(AssertionError, match="equal_nan=True"):
        assert_close(masked(Q, K), masked, Q, K)
    assert_close(masked(Q, K), masked, Q, K, equal_nan=True)
    with pytest.raises(AssertionError):
        assert_close(torch.zeros_like(OUT), masked, Q, K, equal_nan=True)


def test_a_message_of_ones_own() -> None:
    with pytest.raises(AssertionError, match=r"^mine$"):
        assert_close(OUT * 2, attend, Q, K, V, msg="mine")
    with pytest.raises(AssertionError, match=r"^mine: result is not"):
        assert_close(OUT * 2, attend, Q, K, V, msg=lambda words: f"mine: {words}")


def test_patterns_are_of_the_numbers() -> None:
    x = np.arange(12.0).reshape(3, 4)
    bound = np.full(x.shape, 1e-6)
    assert pattern(x.T, x, bound) == ""  # of another shape
    assert pattern(x, np.ones((3, 4)), bound, earlier=x) == "it is the result of the call before"
    assert pattern(np.ones((3, 4)), np.full((3, 4), 2.0), bound) == "it is 0.5 times what is right"


def test_whole_numbers_are_compared_as_they_are() -> None:
    """Two that float64 does not tell apart."""

    def reference(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x.exp(), torch.tensor([2**60])

    x = torch.randn(4)
    assert_close((x.exp(), torch.tensor([2**60])), reference, x)
    with pytest.raises(AssertionError, match="1 of 1 whole numbers differ"):
        assert_close((x.exp(), torch.tensor([2**60 + 1])), reference, x)


def test_complex_results_are_undecided() -> None:
    def reference(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x.exp(), torch.complex(x, x.sin())

    x = torch.randn(4)
    with pytest.raises(UndecidedError, match="complex"):
        assert_close((x.exp(), torch.complex(x, x.cos())), reference, x)
