"""A question as data: which features at which level, what sizes, how arrays lie in memory, which gradients."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, get_args

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.targets.target import Layout

# feature -> its levels, beside being absent. What they mean: ``attnproof.verify.composing.semantics``.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "groups": ("several", "one"),  # heads of keys
        "rotary": ("on",),
        "scale": ("negative", "large", "zero"),
        "bias_hidden": ("on",),
        "softcap": ("on",),
        # (n_q, n_k); a bias for each element; (n_q, n_k) with −∞ in it; (1, n_k) for each element, with −∞ in it
        "bias": ("shared", "batch", "masking", "keys"),
        "slopes": ("on",),
        # (n_q, n_k); one for each element of the batch that all heads share; the same with one row for all queries; and
        # with one query from which all is hidden
        "mask": ("shared", "batch", "keys", "whole row"),
        "causal": ("on",),
        # for a target that takes a pair also (left, right), of which −1 has no end
        "window": ("1", "0", "beyond", "1, -1", "-1, 1", "2, 0", "0, 1"),
        "lengths": ("some", "zero", "full", "each", "each zero"),  # of an element of the batch; of each query
        "sink": ("on", "zero"),
        "sinks": ("on",),
        "dropout": ("whole", "rated"),  # a mask with its factor in it, or one of 0 and 1 beside its rate
        "lse": ("on",),  # something flows back through the log-sum-exp
    }
)
HEADS: Final = ("groups", "slopes", "sinks")  # features that tell heads apart
REPEATED: Final = 1000  # added to the number of a question that is asked again: other masks, tables and lengths
GRADIENTS: Final = ("all", "none", "query", "key", "value", "rest")
TIED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "": {},
        "key is value": {"value": "key"},
        "one for all": {"key": "query", "value": "query"},
        "query is key": {"key": "query"},  # with positions in both, and values without
    }
)


@dataclass(frozen=True)
class Row:
    """One question.

    setting      sizes, and the batch of the arrays as they are handed over: () or (b,) or (b, heads)
    features     feature -> level, those that are there
    layout, seed_layout  of inputs and cotangents (``attnproof.verify.targets.target.Layout``)
    gradients    of ``GRADIENTS``; ``rest``: of everything but query, key and value
    tied         of ``TIED``
    input_class  of the numbers (``attnproof.verify.inputs.make``)
    reach        > 0: queries (or the vector v that scores are linear in) are multiplied by a power of two, so that the
                 largest |score| before scale and soft-cap is at least this, and below twice as much
    dtype, number  format, and the number that makes it differ from others with the same sizes
    """

    setting: Setting
    features: Mapping[str, str] = field(default_factory=dict)
    layout: Layout = "contiguous"
    seed_layout: Layout = "contiguous"
    gradients: str = "all"
    tied: str = ""
    input_class: str = "normal"
    reach: float = 0.0
    dtype: str = "fp64"
    number: int = 0

    @property
    def spec(self) -> str:
        """As text, without sizes, format and class of the numbers: ``of`` reads it."""
        rest = {"layout": self.layout, "seed_layout": self.seed_layout, "gradients": self.gradients, "tied": self.tied}
        return json.dumps({"features": dict(self.features), **rest, "number": self.number, "reach": self.reach})

    @classmethod
    def of(cls, spec: str, setting: Setting, input_class: str = "normal", dtype: str = "fp64") -> Row:
        """The row of a text. Raises ValueError for one that is none."""
        try:
            row = cls(setting, input_class=input_class, dtype=dtype, **json.loads(spec))
            known = all(level in LEVELS[name] for name, level in row.features.items())
            laid = {row.layout, row.seed_layout} <= set(get_args(Layout))
            right = known and laid and row.gradients in GRADIENTS and row.tied in TIED
            row = replace(row, number=int(row.number), reach=float(row.reach))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{str(spec)[:80]!r} is no question: {error!r}") from error
        if not right:
            raise ValueError(f"{str(spec)[:80]!r} is no question: it has words that are not known")
        return row

    @property
    def words(self) -> str:
        """What is asked, in short."""
        said = [name if level == "on" else f"{name} ({level})" for name, level in self.features.items()]
        said += [self.tied] if self.tied else []
        said += [f"inputs {self.layout}"] if self.layout != "contiguous" else []
        said += [f"cotangents {self.seed_layout}"] if self.seed_layout != "contiguous" else []
        said += [f"gradients: {self.gradients}"] if self.gradients != "all" else []
        said += [f"scores up to {self.reach:g}"] if self.reach else []
        return ", ".join([self.setting.name, *said])
