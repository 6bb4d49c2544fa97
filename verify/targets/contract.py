"""Contracts: what an implementation declares about choices on which correct implementations differ.

What is not declared (None) is found out by probing (``attnproof.verify.properties.probing``) and reported. Behaviour
that differs from another contract than the declared one is a failure; behaviour that differs from what we ourselves
would choose is never one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final, Literal, get_args

from attnproof.verify.options import FormatName, nearest

MaskedRow = Literal["zero", "nan", "uniform", "mean value", "raises"]
Polarity = Literal["true attends", "true masks"]
Alignment = Literal["top-left", "bottom-right"]
CapOrder = Literal["cap then mask", "mask then cap"]
ScalePlace = Literal["before the product", "after the product"]
TanhDerivative = Literal["sech2", "one_minus_tanh2", "factored"]
MaskedNan = Literal["blocked", "leaks"]
RotaryPairs = Literal["half-split", "interleaved"]
WindowReach = Literal[
    "both inclusive",
    "both exclusive",
    "left inclusive",
    "left exclusive",
    "right inclusive",
    "right exclusive",
    "pair",
]
RotaryTables = Literal["one for each pair", "one for each feature", "complex"]
RotaryPart = Literal["all", "first half", "first quarter"]
AlibiSign = Literal["distance", "signed"]
SinkPlace = Literal["after the soft-cap", "before the soft-cap"]
DropoutFactor = Literal["applied", "included"]
HeadOrder = Literal["consecutive", "strided"]
LseBase = Literal["e", "2"]
LseSink = Literal["included", "left out"]
MaskedLse = Literal["-inf", "inf", "zero", "nan"]
Summation = Literal["any order", "pairwise"]

CHOICES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "masked_row": get_args(MaskedRow),
        "polarity": get_args(Polarity),
        "causal": get_args(Alignment),
        "softcap": get_args(CapOrder),
        "scale": get_args(ScalePlace),
        "tanh_derivative": get_args(TanhDerivative),
        "masked_nan": get_args(MaskedNan),
        "rotary": get_args(RotaryPairs),
        "rotary_part": get_args(RotaryPart),
        "rotary_tables": get_args(RotaryTables),
        "window": get_args(WindowReach),
        "alibi": get_args(AlibiSign),
        "sink": get_args(SinkPlace),
        "dropout": get_args(DropoutFactor),
        "groups": get_args(HeadOrder),
        "lse_base": get_args(LseBase),
        "lse_sink": get_args(LseSink),
        "masked_lse": get_args(MaskedLse),
        "accumulation": get_args(FormatName),
        "computes_in": get_args(FormatName),
        "summation": get_args(Summation),
    }
)


@dataclass(frozen=True)
class Contract:
    """The open choices, each declared or None (not declared: probed).

    masked_row       what a query gets whose keys are all masked: weights and context 0, NaN, equal weights over all
                     keys (and so the mean of the values), or an exception. ``uniform`` and ``mean value`` mean the same
                     to a target without weights
    polarity         what True says in a boolean mask
    causal           which key the first query may see last when n_q ≠ n_k: ``top-left``: key j ≤ i; ``bottom-right``: j
                     ≤ i + n_k − n_q
    softcap          ``cap then mask`` (masked keys stay masked) or ``mask then cap`` (they come back: a fault wherever
                     −∞ was promised)
    scale            whether queries or keys are scaled before the product or its result after (decides where half
                     precision overflows)
    tanh_derivative  how the backward pass evaluates it: ``one_minus_tanh2`` and ``factored``, (g + g tanh)(1 − tanh),
                     lose all digits where tanh rounds to ±1
    masked_nan       whether NaN or ∞ in a masked key or value stays out of the result (``blocked``), or 0·NaN brings it
                     in (``leaks``)
    rotary           which features of a query or key are rotated together: g and d/2 + g (``half-split``) or 2g and 2g
                     + 1
    rotary_part      which features of a query or key are rotated: ``all`` d, or the first d/2 or d/4, with tables as
                     wide as their pairs; the rest stays as it is. Taken as ``all`` where it is not declared
    rotary_tables    whether tables that are handed over have a number for each pair of features, or for each feature,
                     two of which are the same (pairs are then half-split where ``rotary`` does not say otherwise), or
                     are one of complex numbers, cos + i sin, for each pair, in the place of the cosines
    window           what a window w leaves of the keys: those at most w positions before and after (``both
                     inclusive``), less than w (``both exclusive``), or the same for earlier keys alone (``left …``,
                     every later one is seen) or later ones (``right …``); ``pair``: it is handed over as (left, right),
                     of which each leaves the keys at most so many positions before, or after, and −1 all
    alibi            what ALiBi adds: −m|i − j| (``distance``) or −m(i − j) up to a constant of the row (``signed``);
                     the same when causal
    sink             whether the soft-cap applies to the sink's logit (``before the soft-cap``) or not
    dropout          given a rate p and a mask of 0 and 1: whether 1/(1 − p) is ``applied`` by the target, or has to be
                     ``included`` in the mask
    groups           with g queries' heads for each key's head, which those of key head h are: g·h … g·h + g − 1
                     (``consecutive``) or h, h + h_k, h + 2 h_k … (``strided``)
    lse_base         the base of the logarithm in the log-sum-exp
    lse_sink         whether the sink takes part in the log-sum-exp
    masked_lse       the log-sum-exp of a query whose keys are all masked
    accumulation     the format in which sums are accumulated
    computes_in      the format in which it really computes; inputs and results are rounded to theirs
    summation        whether every sum runs over a balanced tree (``pairwise``), which errs less; not declared: any
                     order

    Raises ValueError for a choice that does not exist, naming it and those that do.
    """

    masked_row: MaskedRow | None = None
    polarity: Polarity | None = None
    causal: Alignment | None = None
    softcap: CapOrder | None = None
    scale: ScalePlace | None = None
    tanh_derivative: TanhDerivative | None = None
    masked_nan: MaskedNan | None = None
    rotary: RotaryPairs | None = None
    rotary_part: RotaryPart | None = None
    rotary_tables: RotaryTables | None = None
    window: WindowReach | None = None
    alibi: AlibiSign | None = None
    sink: SinkPlace | None = None
    dropout: DropoutFactor | None = None
    groups: HeadOrder | None = None
    lse_base: LseBase | None = None
    lse_sink: LseSink | None = None
    masked_lse: MaskedLse | None = None
    accumulation: FormatName | None = None
    computes_in: FormatName | None = None
    summation: Summation | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and value not in CHOICES[field.name]:
                known = CHOICES[field.name]
                raise ValueError(
                    f"contract: {field.name} is {value!r}; expected one of {', '.join(known)}{nearest(value, known)}"
                )


# What every implementation of this project declares.
OURS: Final = Contract(
    masked_row="zero",
    polarity="true attends",
    causal="bottom-right",
    softcap="cap then mask",
    tanh_derivative="sech2",
)
