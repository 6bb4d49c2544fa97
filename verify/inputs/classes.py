"""Input classes as data: what the numbers or their surroundings are like, which properties ask about them, and what
each is meant to expose.

The numbers of the first group are made by ``attnproof.verify.inputs.make``; the others are made by the property that
asks about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class InputClass:
    """A kind of inputs.

    name      stable; for numbers also what ``Draw.input_class`` and ``results.jsonl`` say
    says      one phrase
    exposes   names of faults (``attnproof.verify.faults``), and of two that only a test makes
    asked_by  the properties that ask about it
    """

    name: str
    says: str
    exposes: tuple[str, ...]
    asked_by: tuple[str, ...] = ("values",)

    @property
    def numbers(self) -> bool:
        """Whether it is about the numbers alone: the property of values asks, ``attnproof.verify.inputs.make`` makes
        them.
        """
        return "values" in self.asked_by


_ALL: Final = (
    InputClass(
        "normal",
        "independent standard normal components",
        (
            "wrong scale: no scale",
            "bias attenuated by the scale",
            "gradient of the bias wrong",
            "softmax over the wrong axis",
            "relu for tanh",
            "additive attention without its weights",
        ),
    ),
    InputClass(
        "large",
        "scores of deviation about 32: softmax saturates and exponentials underflow",
        ("NaN gradient at a very low log-sum-exp", "the same at a single query"),
    ),
    InputClass(
        "tied",
        "keys of two values, so that several attain the maximum",
        ("sums cut off instead of rounded",),
        ("values", "unbiased rounding"),
    ),
    InputClass(
        "shifted",
        "every score shifted by −1000: without the maximum subtracted, 0/0",
        ("NaN gradient at a very low log-sum-exp", "the same at a single query", "epsilon in the softmax denominator"),
    ),
    InputClass(
        "deep",
        "every score far below −10⁴ (fp64: −10¹²), beside masked keys",
        ("NaN gradient at a very low log-sum-exp", "epsilon in the softmax denominator"),
    ),
    InputClass("saturated", "pre-activations from which tanh rounds to ±1", ("1 − tanh² in the backward pass",)),
    InputClass(
        "low_rank",
        "queries and keys all multiples of one vector: Gram matrices are singular",
        ("a Gram matrix inverted",),
    ),
    InputClass("subnormal", "values below the normal range", ("subnormals flushed",)),
    InputClass(
        "masked rows",
        "queries whose keys are all masked",
        (
            "fully masked row gives NaN",
            "fully masked row gives the mean of the values",
            "fully masked row depends on the format",
        ),
        ("masked row",),
    ),
    InputClass(
        "ways to mask",
        "boolean masks of either polarity, causal, windows, lengths, n_q ≠ n_k",
        ("causal mask aligned top-left instead of bottom-right", "mask polarity reversed"),
        ("masks",),
    ),
    InputClass("poison", "NaN and infinities at masked places", ("NaN behind a mask leaks",), ("poison",)),
    InputClass(
        "loud values",
        "values of 1000 at masked keys",
        (
            "soft-cap after the mask",
            "causal leak in half precision",
            "mask constant -1e+04",
            "mask constant -1e+09",
            "masked scores set to -1e+04",
        ),
        ("masked keys unseen",),
    ),
    InputClass(
        "formats of a mask", "a bias in a wider format than the inputs", ("fp32 mask read as fp16",), ("mask format",)
    ),
    InputClass(
        "layouts",
        "strides, transposes, stride 0; lengths around multiples of 32 and 128",
        ("strides of 0 ignored at lengths ≡ 1 mod 32",),
        ("layout",),
    ),
    InputClass(
        "signs and sizes of a scale",
        "negative, tiny and large scales",
        ("negative scale gives NaN", "wrong scale: scale applied twice"),
        ("scale",),
    ),
    InputClass(
        "extremes of the format",
        "products beyond the largest number that the scale brings back",
        ("half precision overflows before scaling",),
        ("overflow of the product",),
    ),
    InputClass(
        "subsets of gradients",
        "every choice of the inputs that require a gradient",
        ("gradient of the bias only with other gradients", "gradient of the bias wrong"),
        ("gradient subsets",),
    ),
    InputClass(
        "repeated calls",
        "the same call twice, other calls between, batches taken apart",
        ("dropout active in evaluation", "keys kept between calls", "input changed in place", "rows of a batch mixed"),
        ("repeatable", "nothing kept", "inputs untouched", "batch apart"),
    ),
)

CLASSES: Final[Mapping[str, InputClass]] = MappingProxyType({each.name: each for each in _ALL})
NUMBERS: Final = tuple(each.name for each in _ALL if each.numbers)
