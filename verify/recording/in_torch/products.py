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


def _added(w: Writer, first: Any, product: Ids, beta: Any, alpha: Any, terms: int) -> Ids:
    """β · first + α · product, with β = 0 leaving the first out.

    terms  of how many products ``product`` is the sum: kernels add them one by one to what is there
    """
    if alpha != 1:
        product = w.op("mul", product, w.of(alpha))
    if beta == 0:
        return product
    begin = w.of(first)
    return w.op("add", begin if beta == 1 else w.op("mul", begin, w.of(beta)), product, begun=terms)


@rule("addmm", "baddbmm")
def _addmm(w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1, out_dtype: Any = None) -> Ids:  # noqa: ARG001
    return _added(w, first, w.whole("matmul", w.of(x), w.of(y)), beta, alpha, x.shape[-1])


@rule("addbmm")
def _addbmm(w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1) -> Ids:
    """Products of matrices, and their sum."""
    product = w.op("sum", w.whole("matmul", w.of(x), w.of(y)), axes=(0,))
    return _added(w, first, product, beta, alpha, len(x) * x.shape[-1])


@rule("_addmm_activation")
def _addmm_activation(
    w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1, use_gelu: bool = False
) -> Any:
    if use_gelu:
        return NotImplemented
    return bounded(w, _added(w, first, w.whole("matmul", w.of(x), w.of(y)), beta, alpha, x.shape[-1]), w.zero(), None)


@rule("addmv")
def _addmv(w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1) -> Ids:
    return _added(w, first, w.whole("matmul", w.of(x), w.of(y)[:, None])[:, 0], beta, alpha, len(y))


@rule("addr")
def _addr(w: Writer, first: Any, x: Any, y: Any, beta: Any = 1, alpha: Any = 1) -> Ids:
    return _added(w, first, w.op("mul", w.of(x)[:, None], w.of(y)[None, :]), beta, alpha, 1)
