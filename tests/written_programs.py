"""Programs in NumPy that write what they do on a tape: the arithmetic of fp16 and fp32, rounded correctly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.recording.recording import Call, Ids, Recording
from attnproof.verify.recording.tape import Tape

NUMPY = {"fp16": np.float16, "fp32": np.float32, "fp64": np.float64}
PLAIN = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative}
FUNCTIONS = {
    name: getattr(np, name) for name in ("sqrt", "exp", "exp2", "expm1", "log", "log2", "log1p", "tanh", "sin")
}
FUNCTIONS |= {name: getattr(np, name) for name in ("cos", "sinh", "cosh", "reciprocal")}
INSIDE = {"sigmoid": lambda a: 1 / (1 + np.exp(-a)), "rsqrt": lambda a: 1 / np.sqrt(a)}


class Written:
    """A program in one format; numbers are arrays of element numbers."""

    def __init__(self, dtype: str) -> None:
        self.dtype, self.kind, self.tape = dtype, NUMPY[dtype], Tape()
        self.inputs: dict[str, Ids] = {}

    def input(self, name: str, array: Any) -> Ids:
        rounded = FORMATS[self.dtype].round(np.asarray(array, np.float64))
        self.inputs[name] = self.tape.write("input", (), rounded, self.dtype)
        return self.inputs[name]

    def constant(self, array: Any, dtype: str | None = None) -> Ids:
        return self.tape.constant(
            FORMATS[dtype or self.dtype].round(np.asarray(array, np.float64)), dtype or self.dtype
        )

    def values(self, ids: Ids) -> np.ndarray[Any, Any]:
        return self.tape.values(ids).astype(self.kind)

    def op(self, name: str, *inputs: Ids, library: str = "", computed: str = "", **attributes: Any) -> Ids:
        self.tape.library = library
        if name not in ("matmul", "sum", "cumsum", "product", "segment_sum"):
            inputs = tuple(np.broadcast_arrays(*inputs))
        with np.errstate(all="ignore"):
            found = self._made(name, [self.values(ids) for ids in inputs], attributes)
        return self.tape.write(name, inputs, found, self.dtype, computed=computed, **attributes)

    def _made(self, name: str, x: list[np.ndarray[Any, Any]], attributes: Mapping[str, Any]) -> Any:
        if name in PLAIN:
            return PLAIN[name](*x)
        if name in FUNCTIONS:
            return FUNCTIONS[name](*x)
        if name in INSIDE:  # in single precision, then rounded
            return INSIDE[name](x[0].astype(np.promote_types(np.float32, self.kind))).astype(self.kind)
        if name == "fma":
            return FORMATS[self.dtype].round(x[0].astype(float) * x[1].astype(float) + x[2].astype(float))
        if name == "power":
            return np.power(x[0], self.kind(attributes["exponent"]))
        if name == "matmul":
            return self._added(x[0][..., :, :, None] * x[1][..., None, :, :], -2)
        if name == "cumsum":
            return np.cumsum(x[0], attributes["axis"], dtype=self.kind)
        if name == "segment_sum":
            total = np.zeros(int(attributes["segments"].max()) + 1, self.kind)
            for where, number in zip(attributes["segments"].ravel(), x[0].ravel(), strict=True):
                total[where] += number
            return total
        flat = np.moveaxis(x[0], attributes["axes"], range(-len(attributes["axes"]), 0))
        flat = flat.reshape(*flat.shape[: flat.ndim - len(attributes["axes"])], -1)
        if name == "product":
            return np.multiply.accumulate(flat, axis=-1)[..., -1]
        return self._added(flat, -1)

    def _added(self, terms: Any, axis: int) -> Any:
        """One after the other, rounded after each."""
        terms = np.moveaxis(terms, axis, 0)
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total

    def softmax(self, x: Ids) -> Ids:
        """With the largest subtracted, which is a choice."""
        place = self.values(x).argmax(-1)[..., None]
        powers = self.op("exp", self.op("sub", x, np.take_along_axis(x, place, -1)))
        return self.op("div", powers, self.op("sum", powers, axes=(x.ndim - 1,))[..., None])

    def finish(self, **results: Ids) -> Recording:
        self.tape.calls.append(Call(self.inputs, {}, results))
        return self.tape.finish()


def attention(w: Written, q: Any, k: Any, v: Any) -> Ids:
    """Scaled dot, plain."""
    query, key, value = w.input("query", q), w.input("key", k), w.input("value", v)
    scaled = w.op("mul", query, w.constant(np.full(query.shape, query.shape[-1] ** -0.5)))
    return w.op("matmul", w.softmax(w.op("matmul", scaled, key.swapaxes(-1, -2))), value)
