"""What is handed over so that a target can be read: the same question at two sets of sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Final

import numpy as np
from sympy import Expr, Integer, Symbol

from attnproof.derivations.attention.rotary import SCORES_WITH_ROTATION, TABLES
from attnproof.derivations.attention.whole import attention
from attnproof.derivations.language.indexing import Bounds
from attnproof.derivations.language.notation import D_A, D_K, D_Q, D_V, N_K, N_Q, D, Tensor
from attnproof.derivations.language.system import System
from attnproof.derivations.language.tensors import CONTEXT
from attnproof.derivations.scores.following import alone
from attnproof.verify.inputs.case import Case
from attnproof.verify.reading.lifting.patterns import Kept, Patterns
from attnproof.verify.reading.lifting.promised import Promised
from attnproof.verify.reading.lifting.reference import BATCH
from attnproof.verify.reading.lifting.sizes import EVEN, PRIMES, B, H, Sizes
from attnproof.verify.reading.lifting.turned import FEATURES, OwnRotation, taken_out
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.recording import Recording
from attnproof.verify.targets.saying import came_to
from attnproof.verify.targets.stored import on_grid
from attnproof.verify.targets.target import Request, Target

SCALE: Final = Tensor("scale", "s", (), "parameter", batched=False)
# Numbers that nobody writes, others in each recording, so that they are told from the program's own.
SCALES: Final = (0.7390851332151607, 0.8767262153950624)
CAPS: Final = (1.9021605831040213, 2.3005236612817409)
READ: Final = ("bias", "softcap", "bias_hidden", "mask", "causal", "scale")  # features that are handed over
BATCHES: Final[tuple[tuple[Symbol, ...], ...]] = ((B,), (B, H), ())  # tried in this order
HEADED: Final[tuple[tuple[Symbol, ...], ...]] = ((H,), *BATCHES[1:])  # where a single axis is that of heads
SEED: Final = "grad_context"


@dataclass(frozen=True)
class Handed:
    """One question at two sets of sizes.

    system    the declared score and its layer, the options that are handed over decided
    requests  at the first and at the second sizes
    sizes     what numbers of both stand for
    patterns  masks that were handed over
    tensors   what was handed over, the batch's axes first
    batch     letters and sizes of the batch's axes
    flags     ``mask``, ``causal``, ``scale``, where they were handed over
    widths    those that are one number to the target -> the one that they are
    turned    what the target turns queries and keys by, as if that had been handed over; None: they are not turned
    promised  what is declared of every call
    square    there are as many keys as queries, and the results are those of the first queries alone
    """

    system: System
    requests: tuple[Request, Request]
    sizes: Sizes
    patterns: Patterns
    tensors: Mapping[str, Tensor]
    batch: Bounds
    flags: tuple[str, ...]
    widths: Mapping[Symbol, Symbol] = field(default_factory=dict)
    turned: OwnRotation | None = None
    promised: Promised = field(default_factory=Promised)
    square: bool = False

    @property
    def numbers(self) -> Mapping[str, Any]:
        """What was handed over in the first recording, by name."""
        request = self.requests[0]
        given = {**request.case.inputs, **request.seeds, **self.promised.stored}
        if self.turned is None:
            return given
        return given | {n: given[n][..., self.turned.order] for n in FEATURES} | dict(self.turned.tables[0])


def handed(target: Target, axes: tuple[Symbol, ...], even: bool = False) -> Handed:
    """The question for a target, with these axes of the batch; ``even``: query and key have twice as many features, so
    that they come in pairs.
    """
    whole = attention(target.score)
    options = tuple(name for name in whole.options if name in target.takes)
    system = whole.resolve(*options)
    widths = _widths(target, system)
    square = _square(target)
    own_sizes = {**widths, N_Q: N_K} if square else widths
    rows = N_Q.xreplace(own_sizes)
    shapes = {t.name: tuple(size.xreplace(own_sizes) for size in t.shape) for t in system.inputs}
    columns = D_V.xreplace(widths)
    inner = {symbol for shape in shapes.values() for size in shape for symbol in size.free_symbols}
    every = (*axes, *sorted(inner | {N_Q, N_K, columns}, key=str))
    lengths = {symbol: PRIMES[symbol] for symbol in every if symbol in PRIMES}
    if even:
        lengths[D] = EVEN
    own = {
        tensor.name: Tensor(
            tensor.name,
            tensor.symbol,
            (*(axes if tensor.batched and tensor.shape else ()), *shapes[tensor.name]),
            tensor.role,
            tensor.batched,
            tensor.positive,
        )
        for tensor in system.inputs
    }
    flags = tuple(name for name in ("mask", "causal", "scale") if name in target.takes)
    scalars: dict[Symbol, tuple[float, float]] = {}
    if "softcap" in options:
        scalars[own["softcap"].base] = CAPS
    if "scale" in flags:
        scalars[SCALE.base] = SCALES
    sizes = Sizes(lengths, scalars)
    requests, masks = [], []
    for run in (0, 1):
        rng = np.random.default_rng(run)
        numbers = {symbol: Integer(pair[run]) for symbol, pair in lengths.items()}
        inputs = {
            name: np.array(CAPS[run]) if name == "softcap" else rng.standard_normal(_shape(tensor.shape, numbers))
            for name, tensor in own.items()
        }
        inputs |= {role: inputs[root] for role, root in target.same}
        case = Case(target.score, inputs, rng.standard_normal(_shape((*axes, rows, columns), numbers)))
        case = on_grid(case, target.stored)
        given: dict[str, Any] = dict(case.inputs)
        if "mask" in flags:
            given["mask"] = _mask(_shape((*axes, rows, N_K), numbers), rng)
            masks.append(given["mask"][..., : int(numbers[N_Q]), :])
        if "causal" in flags:
            given["causal"] = True
        if "scale" in flags:
            given["scale"] = SCALES[run]
        requests.append(Request(case, given, gradients=None if target.gradients and not square else ()))
    patterns = Patterns(sizes, {"mask": ((*axes, N_Q, N_K), (masks[0], masks[1]))} if masks else {})
    promised = Promised.of(target, (requests[0], requests[1]))
    scalars |= promised.scales
    sizes = Sizes(lengths, scalars)
    own |= dict(promised.tensors) | {role: own[root] for role, root in target.same}
    own[SEED] = Tensor(SEED, f"{CONTEXT.symbol}_bar", (*axes, N_Q, columns), "cotangent")
    batch = tuple((BATCH[size], size) for size in axes)
    return Handed(
        system, (requests[0], requests[1]), sizes, patterns, own, batch, flags, widths, promised=promised, square=square
    )


def _widths(target: Target, system: System) -> dict[Symbol, Symbol]:
    """The widths that are one number -> the first of them; of query and key where a score has one for both."""
    found: dict[Symbol, Symbol] = {}
    for group in target.equal:
        own = [symbol for symbol in (D_Q, D_K, D_A, D_V) if symbol.name in group]
        if not own:  # numbers of queries and keys
            continue
        first = D if any(D in tensor.shape for tensor in system.inputs) and {D_Q, D_K} & {*own} else own[0]
        found |= {symbol: first for symbol in own if symbol != first}
    return found


def _square(target: Target) -> bool:
    """Whether there are as many keys as queries. Their indices are told apart where the results of some queries alone
    are read, the first ones; gradients are sums over all of them, and are not read then.
    """
    return any({"n_q", "n_k"} <= set(group) for group in target.equal)


def _of_first(found: Recording, queries: int) -> Recording:
    """The recording, with the results of the first queries alone."""
    call = found.calls[-1]
    results = {n: ids[..., :queries] if n == "lse" else ids[..., :queries, :] for n, ids in call.results.items()}
    return replace(found, calls=(*found.calls[:-1], replace(call, results=results)))


def _shape(sizes: tuple[Expr, ...], numbers: Mapping[Symbol, Expr]) -> tuple[int, ...]:
    return tuple(int(size.xreplace(dict(numbers))) for size in sizes)


def _mask(shape: tuple[int, ...], rng: np.random.Generator) -> Kept:
    """Two of three keys are seen, and in every row one at least is and one is not."""
    kept = rng.random(shape) < 2 / 3
    first = rng.integers(shape[-1], size=shape[:-1])
    np.put_along_axis(kept, first[..., None], True, -1)
    np.put_along_axis(kept, (first[..., None] + 1) % shape[-1], False, -1)
    return np.asarray(kept)


def _turned(question: Handed, recordings: tuple[Recording, Recording]) -> tuple[Handed, tuple[Recording, Recording]]:
    """The question with tables of rotary positions among its tensors, where the target has its own."""
    found = taken_out(recordings, question.requests)
    if found is None:
        return question, recordings
    tables = {table.name: Tensor(table.name, table.symbol, table.shape, table.role, batched=False) for table in TABLES}
    return replace(question, tensors={**question.tensors, **tables}, turned=found[0]), found[1]


class CannotRecordError(Exception):
    """The target cannot be recorded at all; the message says why."""

    tells = True


def recorded(target: Target, recorder: Callable[[], Any]) -> tuple[Handed, tuple[Recording, Recording]]:
    """The recordings, with the first axes of a batch that the target takes.

    recorder  makes the recorder of the target's library

    Raises CannotRecordError with what the target raised at the first of them.
    """
    errors: list[BaseException] = []
    ways = (False, True) if alone(target.score) in SCORES_WITH_ROTATION else (False,)
    for even, axes in product(ways, HEADED if target.headed else BATCHES):
        question = handed(target, axes, even)
        found = []
        try:
            for run, request in enumerate(question.requests):
                listener = recorder()
                with recording(listener):
                    target.ask(request)
                done = listener.tape.finish()
                found.append(_of_first(done, question.sizes.lengths[N_Q][run]) if question.square else done)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - another batch is tried, or it is told
            errors.append(error)
            continue
        return _turned(question, (found[0], found[1])) if even else (question, (found[0], found[1]))
    raise CannotRecordError(f"it {came_to(errors[0])}") from errors[0]
