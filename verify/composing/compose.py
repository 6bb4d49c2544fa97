"""A row as a question: what is handed over, what the truth is of, and how the one is made of the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.features import SCALES, TABLE_NAMES, featured
from attnproof.verify.composing.heads import Heads, heads_of
from attnproof.verify.composing.kept import kept
from attnproof.verify.composing.links import Link, linked, numbered
from attnproof.verify.composing.reach import reaching
from attnproof.verify.composing.rotating import AHEAD, feature_order
from attnproof.verify.composing.row import TIED, Row
from attnproof.verify.composing.semantics import Choice, complete, fixed, undefined
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.targets.stored import on_grid
from attnproof.verify.targets.target import Answer, Request, Target
from attnproof.verify.unit import generator

NOT_TRAINED: Final = ("dropout", "slopes", *TABLE_NAMES)
CORE: Final = {"scores": 2, "weights": 2, "context": 2, "lse": 1}  # axes of an output after the batch


class UndefinedError(ValueError):
    """The question has no meaning; the message says why."""


@dataclass(frozen=True, eq=False)
class Composed:
    """A question composed of features.

    request  what is handed over; its case is the truth
    links    input of the case, or cotangent of it -> how it is made of what is handed over
    row, choice  what it was made from
    rows     boolean, batch of the case + (n_q,): which queries' results count, and are no matter of contract
    heads    where the case has the queries' heads
    own      tables of rotary positions that the target makes itself, by the names of arguments
    """

    request: Request
    links: Mapping[str, Link]
    row: Row
    choice: Choice
    rows: np.ndarray[Any, np.dtype[np.bool_]]
    heads: Heads
    own: Mapping[str, Array] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        """The truth."""
        return self.request.case

    @property
    def words(self) -> str:
        """What is asked, in short."""
        return self.row.words

    @cached_property
    def base_2(self) -> bool:
        """Whether the log-sum-exp is one in base 2: log₂e times that of the case."""
        return self.choice.get("lse_base") == "2"

    def in_case(self, answer: Answer) -> Answer:
        """The answer in the names and shapes of the case: outputs, and gradients of what one place of the case is made
        of. Others (summed over several places, one tensor in two roles) are left out.
        """
        outputs = {name: self.heads.apart(array, CORE[name]) for name, array in answer.outputs.items()}
        if self.base_2:
            outputs.pop("lse", None)
        sources = {link.name: name for name, link in self.links.items() if link.one_to_one}
        gradients = {
            sources[name]: self._placed(self.links[sources[name]], array)
            for name, array in answer.gradients.items()
            if name in sources and name not in self.request.tied.values()
        }
        return replace(answer, outputs=outputs, gradients=gradients)

    def _placed(self, link: Link, gradient: Array) -> Array:
        if gradient.shape != np.shape(self.request.given[link.name]):
            return gradient  # to be judged by its shape
        return np.asarray(gradient.ravel()[link.ids] / link.factor)


def base_setting(row: Row, heads: Heads) -> Setting:
    """The sizes of the truth's own arrays, without any option."""
    grouped = heads.order is not None
    return replace(
        row.setting,
        name=f"{row.setting.name}, {row.number}",
        batch=heads.batch,
        key_batch=heads.key_batch if grouped else None,
        bias_hidden="bias_hidden" in row.features,
    )


def compose(target: Target, choice: Choice, row: Row, device: str = "cpu", seed: int = 0) -> Composed:
    """The question that a row stands for.

    choice  every field of the contract that the features touch -> what it is taken to be
    Raises UndefinedError for a combination without a meaning (``attnproof.verify.composing.semantics``).
    """
    why = undefined(target, choice, row)
    if why is not None:
        raise UndefinedError(f"{row.words}: {why}")
    row = complete(target, row)
    heads = heads_of(row, choice)
    base = make_case(target.score, base_setting(row, heads), row.input_class, row.dtype, seed)
    return composed(target, choice, row, on_grid(base, target.stored), device, seed)


def composed(target: Target, choice: Choice, row: Row, base: Case, device: str = "cpu", seed: int = 0) -> Composed:
    """The same for given numbers: a case at ``base_setting`` without options."""
    unasked = fixed(target, row)
    row = complete(target, row)
    heads = heads_of(row, choice)
    rng = generator(seed, "composed", row.setting.name, str(row.number), row.dtype)
    one = {"query", "key"} <= {*TIED[row.tied], *TIED[row.tied].values()}  # one tensor has one position
    own = target.tables(row.setting, row.dtype, device) if target.tables is not None and "rotary" in unasked else None
    extra = featured(row, choice, heads, rng, unasked, AHEAD if target.two_positions and not one else 0, own)
    given: dict[str, Any] = {}
    links: dict[str, Link] = {}
    for name, array in _own(row, base).items():
        ids = _places(name, row, heads, array.shape, choice)
        factor = SCALES[row.features["scale"]] if name == "query" and "scale" in row.features else 1.0
        given[name] = _handed(array, ids, row, heads, name)
        links[name] = linked(name, ids, factor)
    given |= extra.given
    links |= extra.links
    for name in ("cos_key", "sin_key") if target.one_table and "cos_key" in given else ():
        del given[name]  # one table turns queries and keys, of which there are as many
        links[name] = links[name.replace("key", "query")]
    for name, other in TIED[row.tied].items():
        given[name] = given[other]
    seeds, seed_links = _cotangents(row, base, heads, rng)
    dtype_values = {
        name: link.values(np.asarray({**given, **extra.own}.get(link.name, 0.0), np.float64))
        for name, link in links.items()
    }
    made = Case(
        target.score.removeprefix("scaled_") if "scale" in row.features else target.score,  # in place of 1/√d
        dtype_values,
        seed_links["grad_context"].values(seeds["grad_context"]),
        dtype=row.dtype,
        size=row.setting.name,
        input_class=row.input_class,
        grad_lse=seed_links["grad_lse"].values(seeds["grad_lse"]) if "grad_lse" in seeds else None,
    )
    case = kept(made)  # asked of many targets
    rows = _rows(case)
    judged = bool(rows.all()) or choice.get("masked_row") == "zero"
    request = Request(
        case,
        given,
        device,
        layout=row.layout,
        seed_layout=row.seed_layout,
        tied=TIED[row.tied],
        gradients=_gradients(target, row, given) if judged else (),
        cotangents=seeds,
        complete=True,
    )
    counted = np.ones_like(rows) if judged else rows
    return Composed(request, links | seed_links, row, choice, counted, heads, extra.own)


def _own(row: Row, base: Case) -> dict[str, Array]:
    """The case's own arrays, in its shapes; shared along the batch where that is to be seen in memory."""
    one = {"query", "key"} <= {*TIED[row.tied], *TIED[row.tied].values()}
    one = one and base.inputs["query"].shape == base.inputs["key"].shape
    arrays = reaching(base, row.reach, one=one) if row.reach else dict(base.inputs)
    if row.layout == "broadcast":
        for name in ("key", "value"):
            array = arrays[name]
            if array.ndim > 2:
                arrays[name] = np.broadcast_to(array[:1], array.shape).copy()
    return arrays


def _places(name: str, row: Row, heads: Heads, shape: tuple[int, ...], choice: Choice) -> np.ndarray[Any, Any]:
    """Which element handed over each element of one of the case's own arrays is."""
    if name not in ("query", "key", "value"):
        return numbered(shape)
    core = shape[-2:]
    if name == "query":
        ids = heads.apart(numbered((*row.setting.batch, *core)), 2)
    else:
        lead = heads.key_batch if heads.order is None else heads.key_batch[:-1]
        ids = heads.of_keys(numbered((*lead, *core)))
    if "rotary" in row.features and name != "value":
        ids = ids[..., list(feature_order(core[-1], choice))]
    return np.asarray(ids)


def _handed(array: Array, ids: np.ndarray[Any, Any], row: Row, heads: Heads, name: str) -> Array:
    """The array as it is handed over."""
    shape = array.shape
    if name == "query":
        shape = (*row.setting.batch, *array.shape[-2:])
    elif name in ("key", "value") and heads.order is not None:
        shape = (*heads.key_batch[:-1], *array.shape[-2:])
    found = np.empty(int(np.prod(shape)))
    found[ids.ravel()] = array.ravel()
    return found.reshape(shape)


def _cotangents(
    row: Row, base: Case, heads: Heads, rng: np.random.Generator
) -> tuple[dict[str, Array], dict[str, Link]]:
    fmt = FORMATS[row.dtype]
    shapes = {"grad_context": (*row.setting.batch, row.setting.n_q, row.setting.d_v)}
    if "lse" in row.features:
        shapes["grad_lse"] = (*row.setting.batch, row.setting.n_q)
    seeds, links = {}, {}
    for name, shape in shapes.items():
        core = CORE[name.removeprefix("grad_")]
        ids = heads.apart(numbered(shape), core)
        values = np.empty(int(np.prod(shape)))
        drawn = base.grad_context if name == "grad_context" else fmt.round(rng.standard_normal(ids.shape))
        values[ids.ravel()] = drawn.ravel()
        seeds[name] = _repeated(values.reshape(shape), row)
        links[name] = linked(name, ids)
    return seeds, links


def _repeated(seed: Array, row: Row) -> Array:
    """A cotangent with equal values along axes, where it is to have stride 0 there: all alike, as those of a sum
    are, or along the features, or along the queries.
    """
    if row.seed_layout != "broadcast":
        return seed
    kept: Callable[[Array], Array] = (
        lambda a: a[(slice(0, 1),) * a.ndim],
        lambda a: a[..., :1],
        lambda a: a[..., :1, :],
    )[row.number % 3]
    return np.broadcast_to(kept(seed) if seed.ndim > 1 else seed[:1], seed.shape).copy()


def _rows(case: Case) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which queries see a key."""
    shape = (*case.batch, case.sizes["n_q"])
    if "bias" not in case.inputs:
        return np.ones(shape, bool)
    return np.broadcast_to(~np.isneginf(case.inputs["bias"]).all(-1), shape)


def _gradients(target: Target, row: Row, given: Mapping[str, Any]) -> tuple[str, ...]:
    able = tuple(
        name
        for name, value in given.items()
        if isinstance(value, np.ndarray) and value.dtype == np.float64 and name not in (*NOT_TRAINED, *target.constant)
    )
    if not target.gradients or row.gradients == "none":
        return ()
    tied = TIED[row.tied]
    able = tuple(name for name in able if name not in tied)
    if row.features.get("scale") == "zero":  # what is multiplied by 0 has the gradient 0 whatever is computed
        able = tuple(name for name in able if name != "query")
    if row.gradients == "all":
        return able
    if row.gradients == "rest":
        return tuple(name for name in able if name not in ("query", "key", "value"))
    name = tied.get(row.gradients, row.gradients)
    return (name,) if name in able else ()
