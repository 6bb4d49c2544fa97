"""The rows of the operator's contract, each with an input about as small as tells right from wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.formats.onnx.specified import Case

Floats = npt.NDArray[np.float32]


def _keys(*numbers: float) -> Floats:
    """One head of width 1: (1, 1, n, 1)."""
    return np.array(numbers, np.float32).reshape(1, 1, -1, 1)


def _mask(*rows: tuple[Any, ...]) -> npt.NDArray[Any]:
    """(queries, keys)."""
    mask = np.array(rows)
    return mask if mask.dtype == np.bool_ else mask.astype(np.float32)


_INF: Final = float("inf")
_ONE: Final = {"Q": _keys(1), "K": _keys(2, 1), "V": _keys(1, 3)}
_TWO: Final = {"Q": _keys(1, 2), "K": _keys(2, 1), "V": _keys(1, 3)}
_THREE: Final = {"Q": _keys(1), "K": _keys(2, 1, 4), "V": _keys(1, 3, 7)}
_PAST: Final = {"past_key": _keys(3), "past_value": _keys(5)}
_HALF: Final = {name: x.astype(np.float16) for name, x in _ONE.items()}
_HEADS: Final = {  # two heads for each of two of keys and values
    "Q": np.arange(1, 5, dtype=np.float32).reshape(1, 4, 1, 1),
    "K": np.array([1, 2, 2, 0], np.float32).reshape(1, 2, 2, 1),
    "V": np.array([1, 3, 5, 9], np.float32).reshape(1, 2, 2, 1),
}
_WIDE: Final = {  # 3D: batch, positions, heads · width
    "Q": np.array([1, 2, 3, 4], np.float32).reshape(1, 1, 4),
    "K": np.array([1, 0, 2, 1, 0, 1, 1, 2], np.float32).reshape(1, 2, 4),
    "V": np.array([1, 2, 3, 4, 5, 6, 7, 9], np.float32).reshape(1, 2, 4),
}


def _lengths(*numbers: int) -> npt.NDArray[np.int64]:
    return np.array(numbers, np.int64)


def _all() -> tuple[Case, ...]:
    q = "qk_matmul_output"
    tied = _mask((True, False))
    capped = {"softcap": 0.5}
    return (
        Case("default scale", "1/√head_size where no scale is given", 23, {
            "Q": np.ones((1, 1, 1, 4), np.float32), "K": np.array([1, 0], np.float32).reshape(1, 1, 2, 1).repeat(4, 3),
            "V": _keys(1, 3)}, {}),
        Case("scale once", "the product of query and key is scaled by `scale`, once", 23, _ONE, {"scale": 0.25}),
        Case("scale before the product", "Q and K are scaled by √scale before the product, which cannot overflow", 23,
            {"Q": np.full((1, 1, 1, 1), 300, np.float16), "K": np.array([[[[299], [300]]]], np.float16),
             "V": np.array([[[[1], [3]]]], np.float16)}, {"scale": 1 / 512}),
        Case("soft-cap", "`softcap · tanh(logits / softcap)`", 23, _ONE, capped),
        Case("soft-cap 0", "a soft-cap of 0 is none", 23, _ONE, {"softcap": 0.0}),
        Case("soft-cap before a mask of −∞", "a masked key has no weight after soft-capping", 23,
            {**_ONE, "attn_mask": _mask((0, -_INF))}, capped),
        Case("soft-cap before a boolean mask", "a masked key has no weight after soft-capping", 23,
            {**_ONE, "attn_mask": tied}, capped),
        Case("soft-cap before an addition", "a float mask is added to capped scores, and is not capped", 23,
            {**_ONE, "attn_mask": _mask((0, 3))}, capped),
        Case("polarity", "True: the element takes part", 23, {**_ONE, "attn_mask": tied}, {}),
        Case("float mask", "is added to the scores", 23, {**_ONE, "attn_mask": _mask((0, 1))}, {}),
        Case("masked row, boolean", "a row of False gives 0", 23, {**_ONE, "attn_mask": _mask((False, False))}, {}),
        Case("masked row, −∞", "a row of −∞ gives 0", 23, {**_ONE, "attn_mask": _mask((-_INF, -_INF))}, {}),
        Case("masked row beside another", "a masked row gives 0, and the other row what it would without", 23,
            {**_TWO, "attn_mask": _mask((False, False), (True, True))}, {}),
        Case("masked row, weights", "in mode 3 a masked row is of zeros", 23,
            {**_ONE, "attn_mask": _mask((False, False))}, {"qk_matmul_output_mode": 3}, ("Y", q)),
        Case("causal", "key j ≤ query i", 23, _TWO, {"is_causal": 1}),
        Case("causal, more keys", "without a cache the offset is 0: one query sees the first key alone", 23, _ONE,
            {"is_causal": 1}),
        Case("causal, more queries", "without a cache the offset is 0: the second query sees the only key", 23,
            {"Q": _keys(1, 2), "K": _keys(2), "V": _keys(3)}, {"is_causal": 1}),
        Case("causal with a boolean mask", "both mask", 23,
            {**_TWO, "attn_mask": _mask((True, True), (False, True))}, {"is_causal": 1}),
        Case("causal with a float mask", "the mask is added, and the causal order masks", 23,
            {**_TWO, "attn_mask": _mask((0, 0), (0, 1))}, {"is_causal": 1}),
        Case("causal and a boolean mask mask a row", "gives 0", 23,
            {**_TWO, "attn_mask": _mask((False, True), (True, True))}, {"is_causal": 1}),
        Case("past", "keys and values come after those of the past, and are returned with them", 23,
            {**_ONE, **_PAST}, {}, ("Y", "present_key", "present_value")),
        Case("causal with a past", "the offset is the past's length: key j ≤ i + 1", 23, {**_TWO, **_PAST},
            {"is_causal": 1}, ("Y", "present_key", "present_value")),
        Case("mask over a past", "the mask is over past and new keys", 23,
            {**_ONE, **_PAST, "attn_mask": _mask((False, True, True))}, {}, ("Y", "present_key", "present_value")),
        Case("qk output 0", "the scaled product, not soft-capped", 23, _ONE, {**capped, "qk_matmul_output_mode": 0},
            ("Y", q)),
        Case("qk output 1", "soft-capped", 23, _ONE, {**capped, "qk_matmul_output_mode": 1}, ("Y", q)),
        Case("qk output 1 under a mask", "the mask is not in it", 23, {**_ONE, "attn_mask": _mask((0, 1))},
            {"qk_matmul_output_mode": 1}, ("Y", q)),
        Case("qk output 2", "with the mask", 23, {**_ONE, "attn_mask": _mask((0, 1))}, {"qk_matmul_output_mode": 2},
            ("Y", q)),
        Case("qk output 3", "the weights", 23, {**_ONE, "attn_mask": _mask((0, 1))}, {"qk_matmul_output_mode": 3},
            ("Y", q)),
        Case("groups of heads", "queries' heads 0 and 1 share the first of keys and values, 2 and 3 the second", 23,
            _HEADS, {}),
        Case("one head of keys", "all queries' heads share it", 23,
            {**_HEADS, "K": _HEADS["K"][:, :1], "V": _HEADS["V"][:, :1]}, {}),
        Case("3D", "heads lie side by side in the last axis", 23, _WIDE, {"q_num_heads": 2, "kv_num_heads": 2}),
        Case("3D, groups of heads", "four heads of queries, two of keys and values", 23,
            {**_WIDE, "K": _WIDE["K"][..., :2], "V": _WIDE["V"][..., :2]}, {"q_num_heads": 4, "kv_num_heads": 2}),
        Case("3D with a past", "the past, and what is returned, has heads on an axis of their own", 23,
            {**_WIDE, "past_key": np.array([1, 2, 0, 1], np.float32).reshape(1, 2, 1, 2),
             "past_value": np.array([2, 0, 1, 4], np.float32).reshape(1, 2, 1, 2)},
            {"q_num_heads": 2, "kv_num_heads": 2}, ("Y", "present_key", "present_value")),
        Case("large scores", "the largest is subtracted before exp", 23,
            {"Q": _keys(100), "K": _keys(100, 99.99), "V": _keys(1, 3)}, {}),
        Case("wider values", "the values' width is their own", 23,
            {**_ONE, "V": np.array([1, 2, 3, 4, 5, 7], np.float32).reshape(1, 1, 2, 3)}, {}),
        Case("mask of each head", "a mask of three axes is (heads, queries, keys)", 23,
            {**_HEADS, "attn_mask": np.eye(2, dtype=bool)[[0, 1, 1, 0]].reshape(4, 1, 2)}, {}),
        Case("mask of each of a batch", "a mask of four axes is (batch, heads, queries, keys)", 23,
            {**{name: np.concatenate([x, x + 1]) for name, x in _ONE.items()},
             "attn_mask": np.array([[[[True, False]]], [[[True, True]]]])}, {}),
        Case("softmax in single precision", "half-precision inputs, softmax in fp32", 23, _HALF,
            {"softmax_precision": 1}),
        Case("softmax in double precision", "the result has the inputs' format", 23, _ONE, {"softmax_precision": 11}),
        Case("half precision", "fp16 throughout", 23, _HALF, {}),
        Case("lengths", "keys from `nonpad_kv_seqlen` on are not seen", 24,
            {**_THREE, "nonpad_kv_seqlen": _lengths(2)}, {}),
        Case("lengths of 0", "a row without keys gives 0", 24, {**_ONE, "nonpad_kv_seqlen": _lengths(0)}, {}),
        Case("causal with lengths", "the offset is length − queries: the one query sees both keys", 24,
            {**_THREE, "nonpad_kv_seqlen": _lengths(2)}, {"is_causal": 1}),
        Case("causal with fewer keys than queries", "the offset is −1: the first query sees nothing, and gives 0", 24,
            {**_TWO, "nonpad_kv_seqlen": _lengths(1)}, {"is_causal": 1}),
        Case("lengths of each of a batch", "every sample has its own", 24,
            {name: np.concatenate([x, x + 1]) for name, x in _THREE.items()} | {"nonpad_kv_seqlen": _lengths(1, 3)},
            {"is_causal": 1}),
        Case("short boolean mask", "what a mask lacks is masked", 24,
            {**_THREE, "attn_mask": _mask((True, True)), "nonpad_kv_seqlen": _lengths(2)}, {}),
        Case("short float mask", "what a mask lacks is masked", 24, {**_THREE, "attn_mask": _mask((0, 1))}, {}),
        Case("left window", "a query sees one key before its own, and all after", 25,
            {"Q": _keys(1, 2, 1), "K": _keys(2, 1, 4), "V": _keys(1, 3, 7)}, {"left_window_size": 1}),
        Case("windows with causal", "the causal order masks what the right window would show", 25,
            {"Q": _keys(1, 2, 1), "K": _keys(2, 1, 4), "V": _keys(1, 3, 7)},
            {"left_window_size": 1, "right_window_size": 1, "is_causal": 1}),
    )  # fmt: skip


# where each was discussed, by how the row's name begins
_THREADS: Final = {
    "soft-cap before": ("onnx/onnx#7865", "onnx/onnx#7867", "microsoft/onnxruntime#28379"),
    "qk output 1 under a mask": ("microsoft/onnxruntime#28379",),
    "masked row": ("onnx/onnx#8068",),
    "causal with lengths": ("onnx/onnx#8068", "microsoft/onnxruntime#28904"),
    "causal with fewer keys": ("onnx/onnx#8068", "microsoft/onnxruntime#28904"),
    "causal with a boolean mask": ("onnx/onnx#8068", "microsoft/onnxruntime#28904"),
    "causal and a boolean mask": ("onnx/onnx#8068", "microsoft/onnxruntime#28904"),
    "short": ("onnx/onnx#7164",),
}


def _with_threads(case: Case) -> Case:
    return replace(case, threads=next((each for name, each in _THREADS.items() if case.name.startswith(name)), ()))


CASES: Final[Mapping[str, Case]] = MappingProxyType({case.name: _with_threads(case) for case in _all()})
