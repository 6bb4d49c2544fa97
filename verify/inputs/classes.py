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
    exposes   rows of the table of faults, and names of faults beyond it
    asked_by  the properties that ask about it
    numbers   whether it is about the numbers alone, and made by ``attnproof.verify.inputs.make``
    """

    name: str
    says: str
    exposes: tuple[int | str, ...]
    asked_by: tuple[str, ...] = ("values",)
    numbers: bool = True


_ALL: Final = (
    InputClass("normal", "independent standard normal components", (13, 14, 17, 19, 20, 21)),
    InputClass("large", "scores of deviation about 32: softmax saturates and exponentials underflow", (6, 7)),
    InputClass(
        "tied", "keys of two values, so that several attain the maximum", (31,), ("values", "unbiased rounding")
    ),
    InputClass("shifted", "every score shifted by −1000: without the maximum subtracted, 0/0", (6, 7, 28)),
    InputClass(
        "deep",
        "every score far below −10⁴ (fp64: −10¹²): a finite mask constant is the largest",
        (16,),
        ("values", "masked keys unseen"),
    ),
    InputClass("saturated", "pre-activations from which tanh rounds to ±1", (32,)),
    InputClass(
        "low_rank",
        "queries and keys all multiples of one vector: Gram matrices are singular",
        ("a Gram matrix inverted",),
    ),
    InputClass("subnormal", "values below the normal range", ("subnormals flushed",)),
    InputClass("masked rows", "queries whose keys are all masked", (1, 2, 3), ("masked row",), numbers=False),
    InputClass(
        "ways to mask",
        "boolean masks of either polarity, causal, windows, lengths, n_q ≠ n_k",
        (23, 24),
        ("masks",),
        numbers=False,
    ),
    InputClass("poison", "NaN and infinities at masked places", (4,), ("poison",), numbers=False),
    InputClass("loud values", "values of 1000 at masked keys", (5, 11, 16), ("masked keys unseen",), numbers=False),
    InputClass("formats of a mask", "a bias in a wider format than the inputs", (8,), ("mask format",), numbers=False),
    InputClass(
        "layouts",
        "strides, transposes, stride 0; lengths around multiples of 32 and 128",
        (9,),
        ("layout",),
        numbers=False,
    ),
    InputClass("signs and sizes of a scale", "negative, tiny and large scales", (12, 13), ("scale",), numbers=False),
    InputClass(
        "extremes of the format",
        "products beyond the largest number that the scale brings back",
        (15,),
        ("overflow of the product",),
        numbers=False,
    ),
    InputClass(
        "subsets of gradients",
        "every choice of the inputs that require a gradient",
        (17,),
        ("gradient subsets",),
        numbers=False,
    ),
    InputClass(
        "repeated calls",
        "the same call twice, other calls between, batches taken apart",
        (25, 26, 27, 29),
        ("repeatable", "nothing kept", "inputs untouched", "batch apart"),
        numbers=False,
    ),
)

CLASSES: Final[Mapping[str, InputClass]] = MappingProxyType({each.name: each for each in _ALL})
NUMBERS: Final = tuple(each.name for each in _ALL if each.numbers)
