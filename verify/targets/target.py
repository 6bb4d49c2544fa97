"""A target: anyone's attention behind one interface; what it is asked, and what it answers.

A *request* says what is handed over (arrays by name, flags) and, as a ``Case``, what the true result is of. The two
differ where an implementation takes other arguments than the formula has: a boolean mask, ``causal=True``, a scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from attnproof.derivations.bounds.order import PAIRWISE, UNKNOWN
from attnproof.verify.arithmetic.backends import Arithmetic, backend
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.arithmetic.function_errors import Framework
from attnproof.verify.inputs.case import Case
from attnproof.verify.targets.contract import Contract

# How an array lies in memory: every second element of its last axis (``strided``), the first part of wider rows
# (``sliced``), its last two axes exchanged (``transposed``), or stride 0 along every axis along which its values are
# equal (``broadcast``).
Layout = Literal["contiguous", "strided", "transposed", "sliced", "broadcast"]

# Arguments beside query, key, value and the score's parameters that a target may take.
FEATURES = (
    "bias",  # added to the scores, float, −∞ masks: (..., n_q, n_k)
    "mask",  # boolean (..., n_q, n_k), polarity by contract
    "causal",  # flag
    "scale",  # float that multiplies the product of query and key
    "softcap",  # float > 0
    "bias_hidden",  # bias inside tanh
    "window",  # int w: only keys at most w positions away (on the causal diagonal of the contract) are seen
    # int (batch,), the first axis of the batch, or (batch, n_q): keys from this position on are masked, for every query
    # or for each
    "lengths",
    "sink",  # float logit of a place that takes weight and has no value
    "sinks",  # float (heads,): a sink for each head; heads on the axis before the queries
    "dropout",  # float (..., n_q, n_k): a given mask that multiplies the weights
    # float p in [0, 1): ``dropout`` is then 0 where a weight is dropped and 1 elsewhere, the factor by contract
    "dropout_rate",
    # float (heads,): ALiBi, −slope·|i − j| is added to the scores; heads on the axis before the queries. Where
    # n_q ≠ n_k the diagonal is that of causal masks
    "slopes",
    "rotary",  # cos_query, sin_query (n_q, d/2), cos_key, sin_key (n_k, d/2): rotates query and key, pairs by contract
    # int (n_q,) and (n_k,): positions of queries and of keys, in every call; the target turns them by tables of its own
    "positions",
    "positions_key",
    "groups",  # no argument: keys and values may have fewer heads, on the axis before the positions, than queries
)


# What every call of a target may have without being asked; rotary: by tables that it makes itself.
ALWAYS = ("causal", "window", "softcap", "sink", "slopes", "rotary")


class Unsupported(Exception):
    """An adapter raises this for a request that its attention is not made for: a size, a layout, features together.

    What was asked counts as not asked, and is listed with the message; it is neither a failure nor an error.
    """


@dataclass(frozen=True, eq=False)
class Request:
    """One question put to a target.

    case        what the answer has to be the values of: inputs, effective bias (−∞ where anything masks), cotangent,
                format
    given       what is handed over by name: float64 arrays of the format's values (the adapter casts them), boolean
                masks, flags
    layout      how arrays lie in memory, masks too; the values are the same
    seed_layout the same for the cotangents: ``broadcast`` is what ``result.sum().backward()`` hands over
    tied        arrays that are one and the same: ``{"value": "key"}`` hands over the key's array as the value too. Its
                gradient, of all its roles, is that of ``key``
    gradients   which inputs require gradients; () for a forward pass alone, None for every floating-point input given
    mask_dtype  format of a float ``bias`` where it is not the inputs' own
    formats     formats of further arrays that are not handed over in the inputs' own, by name
    complete    whether the case has what the target always does, so that nothing is to be added
    cotangents  what is handed over for gradients where it is not shaped as the case's own (``grad_context`` ...); None:
                the case's
    """

    case: Case
    given: Mapping[str, Any]
    device: str = "cpu"
    layout: Layout = "contiguous"
    seed_layout: Layout = "contiguous"
    tied: Mapping[str, str] = field(default_factory=dict)
    gradients: tuple[str, ...] | None = None
    mask_dtype: str | None = None
    formats: Mapping[str, str] = field(default_factory=dict)
    cotangents: Mapping[str, Array] | None = None
    complete: bool = False

    @property
    def seeds(self) -> Mapping[str, Array]:
        """The cotangents as they are handed over, by name."""
        return self.case.cotangents if self.cotangents is None else self.cotangents

    @property
    def dtype(self) -> str:
        """The format of the inputs."""
        return self.case.dtype


def plain(case: Case, device: str = "cpu", **changes: Any) -> Request:
    """The request that hands over the case's own inputs."""
    return Request(case, dict(case.inputs), device, **changes)


@dataclass(frozen=True, eq=False)
class Answer:
    """What a target returned, as float64 arrays.

    outputs    ``context``, and ``weights``, ``scores``, ``lse`` where the target has them
    gradients  of ``Σ grad_context · context``, by input
    changed    names of inputs that the call changed in place
    dtypes     names of the formats that the outputs really had, by output
    """

    outputs: Mapping[str, Array]
    gradients: Mapping[str, Array] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    dtypes: Mapping[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, Array]:
        """Outputs and gradients by the names of quantities: ``context``, ``grad.query`` ..."""
        return {**self.outputs, **{f"grad.{name}": value for name, value in self.gradients.items()}}


@dataclass(frozen=True)
class Stored:
    """An array that is handed over in 8 bits: what is meant is scale · stored.

    name    ``query``, ``key`` or ``value``
    format  ``fp8_e4m3`` or ``fp8_e5m2``
    scaled  whether the scale is handed over, as ``scale_NAME`` in single precision; it is 1 otherwise
    along   for each leading axis, from the last one on, whether the scale varies along it; none: one number
    """

    name: str
    format: str
    scaled: bool = True
    along: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Laid:
    """A layout of one array that a target may take as well as the one in which it is asked.

    axes     as it would be declared: ``b 1 k``
    present  for each leading axis, in order, and the queries': whether the array varies along it
    target   the same target, asked in this layout; it may refuse
    """

    axes: str
    present: tuple[bool, ...]
    target: Target


@dataclass(frozen=True)
class Target:
    """An implementation under test.

    ask        answers a request; whatever it raises is a result, judged by the property that asked
    takes      the features of ``FEATURES`` it has an argument for
    outputs    which outputs it returns
    gradients  whether it can be differentiated
    constant   inputs that it has no gradient for, although it has others
    stateful   a module that is kept between calls (as opposed to a function)
    fused      a one-pass kernel (bounds then allow its rescalings)
    seeds      outputs whose cotangents its backward pass takes: ``weights`` and ``scores`` beside ``context``
    always     features that every call has without being asked, with their numbers: ``("softcap", 30.0)``, ``("sink",
               0.0)``, ``("causal", 1.0)``, ``("window", 4.0)``, ``("slopes", 1.0)`` for those of the paper on ALiBi
    keys_alone  of ``mask`` and ``bias`` those that have one row for all queries: (..., 1, n_k)
    lengths_by_query  whether lengths come for each query
    equal       sizes that are one number: ``(("d_q", "d_k", "d_a"),)``
    same        arguments that are one tensor with another, which is handed over: ``(("value", "key"),)``. The gradient
                is of all that it stands for
    laid_out    layouts that were found by asking, of arrays of which none is declared: ``("mask", "b k")``
    stored     arrays that it takes in 8 bits (``attnproof.verify.targets.stored``)
    tables     where it turns queries and keys by tables of its own: those that it has for sizes, a format and a device
               (and for positions further ``apart``, where it is told positions)
    leads      how many axes arrays have before their own two, where a layout says so; 0: questions are of one sequence
    headed     whether the last of these is declared to be of heads
    built      whether it is a module that is made for the sizes of each question, with projections of their widths
    warned     what it warned of while its layout was looked for, and in how many calls
    misshapen  outputs beside the context that are declared and have a shape that they cannot have, with both shapes:
               nothing else is asked of them
    one_table  whether keys are turned by the queries' tables, so that there are as many of both
    fresh      makes the same target with nothing kept from earlier calls; None: there is no way to
    """

    name: str
    score: str
    framework: Framework
    ask: Callable[[Request], Answer]
    takes: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ("context",)
    gradients: bool = True
    constant: tuple[str, ...] = ()
    contract: Contract = field(default_factory=Contract)
    dtypes: tuple[str, ...] = ("fp64", "fp32")
    devices: tuple[str, ...] = ("cpu",)
    fused: bool = False
    seeds: tuple[str, ...] = ("context",)
    keys_alone: tuple[str, ...] = ()
    lengths_by_query: bool = False
    equal: tuple[tuple[str, ...], ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    laid_out: tuple[tuple[str, str], ...] = ()
    warned: tuple[tuple[str, int], ...] = ()
    misshapen: tuple[tuple[str, str], ...] = ()
    always: tuple[tuple[str, float], ...] = ()
    stored: tuple[Stored, ...] = ()
    tables: Callable[..., Mapping[str, Array]] | None = None
    leads: int = 2
    headed: bool = False
    two_positions: bool = False
    one_table: bool = False
    built: bool = False
    fresh: Callable[[], Target] | None = None
    otherwise: Callable[[str], Sequence[Laid]] | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.takes) - set(FEATURES))
        if unknown:
            raise ValueError(f"target {self.name}: unknown feature {unknown[0]!r}; known: {', '.join(FEATURES)}")
        if odd := sorted({name for name, _ in self.always} - set(ALWAYS)):
            raise ValueError(
                f"target {self.name}: {odd[0]!r} is nothing that is always done; known: {', '.join(ALWAYS)}"
            )

    @property
    def batched(self) -> bool:
        """Whether arrays may have axes before their own two."""
        return self.leads > 0

    @property
    def features(self) -> frozenset[str]:
        """What it takes, and what it does in every call."""
        return frozenset({*self.takes, *dict(self.always)})

    def differentiable(self, case: Case) -> tuple[str, ...]:
        """The inputs of the case that it can be asked gradients of."""
        lacking = {*self.constant, *dict(self.same)}
        return tuple(name for name in case.inputs if self.gradients and name not in lacking)

    def arithmetic(self, dtype: str, device: str) -> Arithmetic:
        """The arithmetic that its bounds are derived for, from the framework and the contract.

        What the contract does not say is taken at its worst: sums in the format itself, tanh's derivative as 1 − tanh²,
        in JAX as its own rule has it; exp, tanh and log need not be the library's own, so their errors are those
        documented.
        """
        found = backend(
            self.framework,
            self.contract.computes_in or dtype,
            device,
            tanh_derivative=self.contract.tanh_derivative
            or ("factored" if self.framework == "jax" else "one_minus_tanh2"),
            fused=self.fused,
            documented=True,
        )
        return replace(found, order=PAIRWISE if self.contract.summation == "pairwise" else UNKNOWN)
