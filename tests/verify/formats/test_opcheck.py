"""``opcheck_numerics``: right operators pass, wrong kernels are caught, and what cannot be asked says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from attnproof import opcheck_numerics
from attnproof.verify.formats.opcheck.numerics import NumericsError

Make = Callable[..., Any]


def sample(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def registered() -> Iterator[Make]:
    """Registers a softmax with a kernel and a backward of one's own."""
    libraries: list[Any] = []

    def make(forward: Callable[[Tensor], Tensor], slope: Callable[..., Tensor] | None = None) -> Any:
        name = f"attnproof_test::soft{len(libraries)}"

        def kernel(x: Tensor) -> Tensor:
            return forward(x)

        op = torch.library.custom_op(name, kernel, mutates_args=())
        op.register_fake(torch.empty_like)
        if slope is not None:
            op.register_autograd(
                lambda ctx, g: slope(*ctx.saved_tensors, g),
                setup_context=lambda ctx, inputs, output: ctx.save_for_backward(output),
            )
        libraries.append(op)
        return op

    yield make
    for op in libraries:
        op._lib._destroy()


def soft(x: Tensor) -> Tensor:
    e = torch.exp(x - x.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)


def slope(y: Tensor, g: Tensor) -> Tensor:
    return y * (g - (y * g).sum(-1, keepdim=True))


def softmax(x: Tensor) -> Tensor:
    return torch.softmax(x, -1)


def test_a_right_custom_operator(registered: Make) -> None:
    found = opcheck_numerics(registered(soft, slope), [(sample(2, 3),)], reference=softmax, dtypes=("fp32", "fp16"))
    assert found.ok
    assert {dtype for _, dtype in found.judgements} == {"fp32", "fp16"}
    assert {verdict.quantity for verdict in found.judgements[0, "fp32"].verdicts} == {"result", "grad.x"}


WRONG: dict[str, tuple[Any, Any, str]] = {
    "an ε in the denominator": (lambda x: (e := x.exp()) / (e.sum(-1, keepdim=True) + 1e-3), slope, "formula"),
    "no subtraction": (lambda x: (e := x.exp()) / e.sum(-1, keepdim=True), slope, "range"),
    "computed in half precision": (lambda x: soft(x.half()).to(x.dtype), slope, "rounding"),
    "backward without the sum": (soft, lambda y, g: y * g, "formula"),
    "the wrong axis": (lambda x: torch.softmax(x, 0), slope, "formula"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_kernel_is_caught(name: str, registered: Make) -> None:
    forward, backward, kind = WRONG[name]
    given = 60.0 * sample(2, 3) if kind == "range" else sample(2, 3)
    op = registered(forward, backward)
    torch.library.opcheck(op, (sample(2, 3).requires_grad_(),))  # which sees nothing wrong
    with pytest.raises(NumericsError, match="FAULT FOUND"):
        opcheck_numerics(op, [(given,)], reference=softmax, dtypes=("fp32",))
    found = opcheck_numerics(op, [(given,)], reference=softmax, dtypes=("fp32",), raise_exception=False)
    assert not found.ok
    assert f"({kind})" in found.text()


@pytest.mark.parametrize(
    ("op", "given"),
    [
        ("aten::gelu", ((sample(2, 3),), {"approximate": "tanh"})),
        pytest.param("aten::_softmax", (sample(2, 3), -1, False), marks=pytest.mark.slow),
        pytest.param(torch.ops.aten.logsumexp.default, (sample(2, 3), [-1]), marks=pytest.mark.slow),
        pytest.param("aten::addmm", (sample(3), sample(3, 4), sample(4, 3)), marks=pytest.mark.slow),
        pytest.param("aten::cat", ([sample(2, 3), sample(1, 3)], 0), marks=pytest.mark.slow),
        pytest.param(
            "aten::native_layer_norm", (sample(2, 3), [3], sample(3), sample(3), 1e-5), marks=pytest.mark.slow
        ),
        pytest.param(
            "aten::scaled_dot_product_attention", (sample(1, 1, 2, 3),) * 3, marks=pytest.mark.slow
        ),
    ],
)  # fmt: skip
def test_right_operators_of_torch(op: Any, given: Any) -> None:
    assert opcheck_numerics(op, [given], dtypes=("fp32", "bf16")).ok


def test_a_kernel_put_in_place_of_torchs_own_is_caught() -> None:
    library = torch.library.Library("aten", "IMPL")
    with pytest.warns(UserWarning, match="overrid"):
        library.impl("gelu", lambda x, approximate="none": x * torch.sigmoid(1.702 * x), "CPU")
    try:
        found = opcheck_numerics("aten::gelu", [(sample(2, 3),)], dtypes=("fp32",), raise_exception=False)
    finally:
        library._destroy()
    assert "FAULT FOUND" in found.text()


def test_a_format_without_a_kernel_is_named() -> None:
    found = opcheck_numerics("aten::linalg_qr", [(sample(2, 2),)], reference=torch.linalg.qr, dtypes=("fp16",),
                             raise_exception=False)  # fmt: skip
    assert "not implemented for 'Half'" in found.unsupported[0, "fp16"]
    assert not found.ok


@pytest.mark.parametrize(
    ("op", "samples", "said"),
    [
        ("gelu", [()], "expected namespace::name"),
        ("aten::no_such_thing", [()], "there is no operator 'aten::no_such_thing'"),
        ("aten::softmax.none", [()], "has no overload 'none'; it has 'int'"),
        (torch.exp, [()], "is no operator of PyTorch"),
        ("aten::softmax", [()], "several overloads"),
        ("aten::multinomial", [(sample(3).abs(), 2)], "has no decomposition"),
        ("aten::native_dropout", [(sample(4, 8), 0.5, True)], "draws numbers"),
        ("aten::gelu", [sample(2)], "a sample is Tensor"),
        ("aten::gelu", [], "there is no sample"),
    ],
)
def test_what_cannot_be_asked(op: Any, samples: list[Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        opcheck_numerics(op, samples)
