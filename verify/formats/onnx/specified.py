"""ONNX's ``Attention`` as its specification has it, computed with mpmath and with nothing of anyone's implementation.

What is masked is a set of keys here, not an addition of −∞, and the scale multiplies a finished product: no step is
shared with the operator's NumPy evaluator, its function body or a runtime.

Source: the operator's documentation for opsets 23 to 25, with the errata of ONNX 1.23 (onnx.ai/onnx/operators).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import mpmath
import numpy as np
import numpy.typing as npt
from mpmath import mpf

from attnproof.verify.arithmetic.formats import FORMATS

INPUTS: Final = ("Q", "K", "V", "attn_mask", "past_key", "past_value", "nonpad_kv_seqlen")
OUTPUTS: Final = ("Y", "present_key", "present_value", "qk_matmul_output")
_DIGITS: Final = 60
# Assumed of anybody's exp and tanh: relative errors of at most four units in the last place, eight roundoffs.
_FUNCTION: Final = 8
_FORMAT: Final = {"float64": "fp64", "float32": "fp32", "float16": "fp16"}
_PRECISION: Final = {1: "fp32", 10: "fp16", 11: "fp64", 16: "bf16"}  # TensorProto's numbers


@dataclass(frozen=True, eq=False)
class Case:
    """One question put to the operator.

    says        what the specification says, for the table
    inputs      by the names of ``INPUTS``
    attributes  as ONNX names them
    outputs     those that are asked for
    threads     where it was discussed, ``onnx/onnx#7865``
    """

    name: str
    says: str
    opset: int
    inputs: Mapping[str, npt.NDArray[Any]]
    attributes: Mapping[str, Any]
    outputs: tuple[str, ...] = ("Y",)
    threads: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Specified:
    """What the operator returns: exact values (mpmath numbers) and how far a right answer may be from them."""

    values: npt.NDArray[Any]
    radius: npt.NDArray[np.float64]


def specified(case: Case) -> dict[str, Specified]:
    """The outputs that the case asks for, by name."""
    with mpmath.workdps(_DIGITS):
        return _Computation(case).outputs()


class _Computation:
    def __init__(self, case: Case) -> None:
        self.case = case
        given, attributes = case.inputs, case.attributes
        heads = {"Q": attributes.get("q_num_heads"), "K": attributes.get("kv_num_heads")}
        self.flat = given["Q"].ndim == 3
        self.q = self._split(given["Q"], heads["Q"])
        self.k, self.v = (self._split(given[name], heads["K"]) for name in "KV")
        if "past_key" in given:
            self.k = np.concatenate([given["past_key"], self.k], 2)
            self.v = np.concatenate([given["past_value"], self.v], 2)
        self.width = self.q.shape[3]
        self.scale = mpf(attributes["scale"]) if "scale" in attributes else 1 / mpmath.sqrt(self.width)
        self.cap = mpf(attributes.get("softcap", 0.0))
        worst = {_FORMAT[given["Q"].dtype.name], _PRECISION.get(attributes.get("softmax_precision", 0), "fp64")}
        self.u = max(FORMATS[name].unit_roundoff for name in worst)

    def _split(self, x: npt.NDArray[Any], heads: int | None) -> npt.NDArray[Any]:
        """(batch, heads, positions, width)."""
        if not self.flat:
            return x
        return x.reshape(*x.shape[:2], heads, -1).transpose(0, 2, 1, 3)  # type: ignore[arg-type] # 3D: heads are given

    def outputs(self) -> dict[str, Specified]:
        batch, heads, queries, _ = self.q.shape
        keys = self.k.shape[2]
        context = _empty((batch, heads, queries, self.v.shape[3]))
        inner = _empty((batch, heads, queries, keys))
        for place in np.ndindex(batch, heads, queries):
            row, second = self._row(*place)
            context.values[place], context.radius[place] = row.values, row.radius
            inner.values[place], inner.radius[place] = second.values, second.radius
        if self.flat:
            context = Specified(
                *(x.transpose(0, 2, 1, 3).reshape(batch, queries, -1) for x in (context.values, context.radius))
            )
        all_ = {
            "Y": context,
            "present_key": Specified(self.k.astype(object), np.zeros(self.k.shape)),
            "present_value": Specified(self.v.astype(object), np.zeros(self.v.shape)),
            "qk_matmul_output": inner,
        }
        return {name: all_[name] for name in self.case.outputs}

    def _row(self, b: int, h: int, i: int) -> tuple[Specified, Specified]:
        """One query's result, and its row of ``qk_matmul_output``."""
        group = h // (self.q.shape[1] // self.k.shape[1])
        query = [mpf(float(x)) for x in self.q[b, h, i]]
        keys = [[mpf(float(x)) for x in row] for row in self.k[b, group]]
        values = [[mpf(float(x)) for x in row] for row in self.v[b, group]]
        raw = [self.scale * mpmath.fdot(query, key) for key in keys]
        sizes = [abs(self.scale) * mpmath.fdot(map(abs, query), map(abs, key)) for key in keys]
        # each term: √scale rounded twice, two products with it, the product, and the sum of at most ``width`` terms
        errors = [self._gamma(self.width + 7) * size for size in sizes]
        capped = [self.cap * mpmath.tanh(x / self.cap) for x in raw] if self.cap > 0 else raw
        if self.cap > 0:  # |tanh'| ≤ 1: errors pass on; then a quotient, tanh and a product
            errors = [e + self._gamma(_FUNCTION + 3) * abs(x) for e, x in zip(errors, raw, strict=True)]
        bias = [self._bias(b, h, i, j) for j in range(len(keys))]
        seen = [j for j, each in enumerate(bias) if each is not None]
        logits = {j: capped[j] + bias[j] for j in seen}
        errors = [e + self._gamma(1) * (abs(x) + abs(y or 0)) for e, x, y in zip(errors, capped, bias, strict=True)]
        top = max(logits.values(), default=mpf(0))
        parts = {j: mpmath.exp(x - top) for j, x in logits.items()}
        total = sum(parts.values())
        weights = [parts[j] / total if j in parts else mpf(0) for j in range(len(keys))]
        # the exponent errs by its logit's and the largest one's errors and by the difference's rounding, exp by its
        # own, then a sum, a quotient and a cast; the sum over keys errs in the weights alike
        spread = max((abs(x - top) for x in logits.values()), default=mpf(0))
        exponent = 2 * max((errors[j] for j in seen), default=mpf(0)) + self.u * spread
        rate = mpmath.expm1(2 * exponent) + self._gamma(2 * (_FUNCTION + len(keys)) + 4) * mpmath.exp(2 * exponent)
        context = [mpmath.fdot(weights, column) for column in zip(*values, strict=True)]
        reach = [mpmath.fdot(weights, map(abs, column)) for column in zip(*values, strict=True)]
        further = self._gamma(len(keys) + 1)
        mode = self.case.attributes.get("qk_matmul_output_mode", 0)
        inner = {
            0: Specified(np.array(raw), _floats(errors)),
            1: Specified(np.array(capped), _floats(errors)),
            2: Specified(
                np.array([x + y if y is not None else -mpmath.inf for x, y in zip(capped, bias, strict=True)]),
                _floats(errors),
            ),
            3: Specified(np.array(weights), _floats([rate * x for x in weights])),
        }[mode]
        return Specified(np.array(context), _floats([(rate + further + rate * further) * x for x in reach])), inner

    def _gamma(self, n: int) -> mpf:
        """γ_n = n u / (1 − n u): how far n roundings may lead, relatively."""
        return mpf(n * self.u) / (1 - n * self.u)

    def _bias(self, b: int, h: int, i: int, j: int) -> mpf | None:
        """What is added to a score; None where the query does not see the key."""
        given, attributes = self.case.inputs, self.case.attributes
        nonpad = int(given["nonpad_kv_seqlen"][b]) if "nonpad_kv_seqlen" in given else None
        if "past_key" in given:
            offset = given["past_key"].shape[2]
        else:
            offset = nonpad - self.q.shape[2] if nonpad is not None else 0
        left, right = (attributes.get(f"{side}_window_size", -1) for side in ("left", "right"))
        hidden = (
            (attributes.get("is_causal", 0) and j > i + offset)
            or (nonpad is not None and j >= nonpad)
            or (left >= 0 and j < i + offset - left)
            or (right >= 0 and j > i + offset + right)
        )
        if hidden:
            return None
        if "attn_mask" not in given:
            return mpf(0)
        mask = given["attn_mask"]
        if j >= mask.shape[-1]:  # shorter than the keys: the rest is masked
            return None
        mask = mask.reshape((1,) * (4 - mask.ndim) + mask.shape)
        found = mask[tuple(0 if size == 1 else at for size, at in zip(mask.shape, (b, h, i, j), strict=True))]
        if mask.dtype == np.bool_:
            return mpf(0) if found else None
        return None if found == -np.inf else mpf(float(found))


def _empty(shape: tuple[int, ...]) -> Specified:
    return Specified(np.empty(shape, object), np.zeros(shape))


def _floats(values: list[Any]) -> npt.NDArray[np.float64]:
    return np.array([float(x) for x in values])
