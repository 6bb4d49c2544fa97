"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

from attnproof.verify.recording.in_torch.choices import bounded
from attnproof.verify.recording.in_torch.writer import Writer, rule
from attnproof.verify.recording.recording import Ids


@rule("mm", "bmm")
def _mm(w: Writer, x: Any, y: Any, out_dtype: Any = None) -> Ids:  # noqa: ARG001
    return w.last("matmul", w.of(x), w.of(y))


@rule("mv")
def _mv(w: Writer, x: Any, y: Any) -> Ids:
    return w.whole("matmul", w.of(x), w.of(y)[:, None])[:, 0]


@rule("dot", "vdot")
def _dot(w: Writer, x: Any, y: Any) -> Ids:
    return w.whole("matmul", w.of(x)[None, :], w.of(y)[:, None]).reshape(())


def _added(w: Writer, first: Any, product: Ids, beta: Any, alpha: Any) -> Ids:
    """β · first + α · product, with β = 0 leaving the first out."""
    if alpha != 1:
        product = w.op("mul", product, w.of(alpha))
    if beta == 0:
        return product
    begin = w.of(first)
    return w.op("add", begin if beta == 1 else w.op("mul", begin, w.of(beta)), product)


@rule("addmm", "baddbmm")
def _addmm(w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1, out_dtype: Any = None) -> Ids:  # noqa: ARG001
    return _added(w, first, w.whole("matmul", w.of(x), w.of(y)), beta, alpha)


@rule("addbmm")
def _addbmm(w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1) -> Ids:
    """Products of matrices, and their sum."""
    return _added(w, first, w.op("sum", w.whole("matmul", w.of(x), w.of(y)), axes=(0,)), beta, alpha)


@rule("_addmm_activation")
def _addmm_activation(
    w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1, use_gelu: bool = False
) -> Any:
    if use_gelu:
        return NotImplemented
    return bounded(w, _added(w, first, w.whole("matmul", w.of(x), w.of(y)), beta, alpha), w.zero(), None)


@rule("addmv")
def _addmv(w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1) -> Ids:
    return _added(w, first, w.whole("matmul", w.of(x), w.of(y)[:, None])[:, 0], beta, alpha)


@rule("addr")
def _addr(w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1) -> Ids:
    return _added(w, first, w.op("mul", w.of(x)[:, None], w.of(y)[None, :]), beta, alpha)
