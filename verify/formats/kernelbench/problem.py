"""A KernelBench problem and a candidate as a ``Problem``.

As the benchmark has it: both models are made with the same seed of torch's generator, run in training mode, without
gradients, and the sizes are those of the file alone; other sizes are there to read programs with. Here the generator
has the same seed before each call, too, so that what draws in ``forward`` draws the same in both, and where both models
have the same parameters these are inputs like the others.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch.func import functional_call

from attnproof.verify.against.problem import Draw, Problem, Program
from attnproof.verify.formats.kernelbench.files import WANTED, executed, parsed, sizes
from attnproof.verify.formats.kernelbench.fitting import fitted, numbers, sizes_of_its_own
from attnproof.verify.formats.torch_values import normal, plain

WHOLE: Final = 1 << 27  # numbers, at most, of problems that are asked at their own sizes, too
WIDE: Final = 4.0  # numbers at which softmax, tanh and sigmoid are no longer all but linear


def recognises(path: Path) -> bool:
    """Whether it is a Python file that defines what a problem file does."""
    if path.suffix != ".py":
        return False
    named = (each.name for each in parsed(path).body if isinstance(each, ast.ClassDef | ast.FunctionDef))
    return set(WANTED) <= set(named)


def problem(
    candidate: str,
    reference: str,
    *,
    seed: int = 0,
    dtype: str | None = None,
    gradients: bool = False,
    at: Mapping[str, int] | None = None,
) -> Problem:
    """The problem of a file with ``ModelNew`` against a problem file.

    seed       of the parameters
    dtype      the benchmark's precision; None: fp32, which is its default
    gradients  whether they count too: the benchmark asks for values alone
    at         other values of the whole numbers that the problem file names at its top; None: its own, or smaller ones
               where those have more numbers than are judged at once (``fitting``)
    Raises ValueError for a file that cannot be run, lacks what the format asks for, or whose model cannot be made; and
    where sizes were to be smaller, and the candidate's code has some that it may be made for.
    """
    own = sizes(parsed(Path(reference)))
    options: dict[str, Any] = {"seed": seed, "dtype": dtype, "gradients": gradients}
    if unknown := sorted(set(at or {}) - set(own)):
        raise ValueError(f"{reference}: no size {unknown[0]!r}; it names {', '.join(own) or 'none'}")
    chosen = {**own, **at} if at is not None else fitted(Path(reference), own)
    changed = {name: size for name, size in chosen.items() if size != own[name]}
    stated = executed(Path(reference), WANTED, chosen)
    proposed = executed(Path(candidate), ("ModelNew",), changed)
    inits = _call(reference, "get_init_inputs", stated["get_init_inputs"], seed)
    theirs = _made(reference, stated["Model"], inits, seed)
    ours = _made(candidate, proposed["ModelNew"], inits, seed)
    if at is None and changed and (made_for := sizes_of_its_own(type(ours))):
        n, place = max(made_for.items())
        raise ValueError(
            f"{reference} has more numbers than are judged at once, and {candidate} may be made for its sizes ({n} at "
            f"{place}): give sizes at which both are to be asked"
        )
    smaller = f" at {', '.join(f'{name}={size}' for name, size in changed.items())}" if at is None and changed else ""
    shared = dict(theirs.named_parameters()) if _shapes(theirs) == _shapes(ours) else {}
    drawn = _call(reference, "get_inputs", stated["get_inputs"], seed)
    names = (*_names(stated["Model"], len(drawn)), *shared)

    def inputs(seed: int) -> tuple[Any, ...]:
        made = _call(reference, "get_inputs", stated["get_inputs"], seed)
        return (*map(plain, made), *map(plain, shared.values()))

    def spread(by: float) -> Draw:
        def draw(seed: int) -> tuple[Any, ...]:
            made = inputs(seed)
            return (*normal(made[: len(drawn)], seed, "kernelbench", by), *made[len(drawn) :])

        return draw

    tensors = zip(names, (*drawn, *shared.values()), strict=True)
    floating = [name for name, x in tensors if isinstance(x, torch.Tensor) and x.is_floating_point()]
    return Problem(
        Path(reference).stem,
        _program(reference + smaller, theirs, len(drawn), tuple(shared), seed),
        _program(candidate, ours, len(drawn), tuple(shared), seed),
        names,
        {"theirs": inputs, "normal": spread(1.0), "wide": spread(WIDE)},
        dtype or "fp32",
        gradients=tuple(floating) if gradients else (),
        sizes=chosen,
        at=lambda other: problem(candidate, reference, **options, at={**chosen, **other}),
        only_these_sizes=True,
        whole=_whole(candidate, reference, own, options) if at is None and changed else None,
    )


def _whole(
    candidate: str, reference: str, own: Mapping[str, int], options: dict[str, Any]
) -> Callable[[], Problem] | None:
    """The problem at its own sizes, where their numbers can be made."""
    count = numbers(Path(reference), own)
    if count is None or count > WHOLE:
        return None
    return lambda: problem(candidate, reference, **options, at=own)


def _made(file: str, make: Any, inits: tuple[Any, ...], seed: int) -> torch.nn.Module:
    torch.manual_seed(seed)
    try:
        model = make(*copy.deepcopy(inits))
    except Exception as error:  # somebody's file may raise anything
        raise ValueError(f"{file}: making its model raised {type(error).__name__}: {error}") from error
    if not isinstance(model, torch.nn.Module):
        raise ValueError(f"{file}: its model is {type(model).__name__}; expected a torch.nn.Module")
    return model


def _shapes(model: torch.nn.Module) -> dict[str, torch.Size]:
    return {name: each.shape for name, each in model.named_parameters()}


def _program(file: str, model: torch.nn.Module, count: int, shared: Sequence[str], seed: int) -> Program:
    """The model as a program of ``count`` inputs, and then of the parameters that are handed over."""

    def call(*given: Any) -> Any:
        dtype = next((x.dtype for x in given if isinstance(x, torch.Tensor) and x.is_floating_point()), None)
        own = {**dict(model.named_parameters()), **dict(model.named_buffers())}
        # a copy: running averages are not to tell the next call of this one
        state = {
            name: x.detach().to(dtype if dtype and x.is_floating_point() else x.dtype, copy=True)
            for name, x in own.items()
            if name not in shared
        }
        torch.manual_seed(seed)
        return functional_call(model, {**state, **dict(zip(shared, given[count:], strict=True))}, given[:count])

    call.__wrapped__ = model  # type: ignore[attr-defined] # its own numbers are looked for there
    return Program(file, call, "torch")


def _call(file: str, name: str, function: Any, seed: int) -> tuple[Any, ...]:
    torch.manual_seed(seed)
    try:
        return tuple(function())
    except Exception as error:  # somebody's file may raise anything
        raise ValueError(f"{file}: {name}() raised {type(error).__name__}: {error}") from error


def _names(model: Any, count: int) -> tuple[str, ...]:
    """Of the inputs: those of ``forward``'s parameters, as far as it has them."""
    taken = list(inspect.signature(model.forward).parameters.values())[1:]
    words = [each.name for each in taken if each.kind is each.POSITIONAL_OR_KEYWORD]
    return tuple(words[k] if k < len(words) else f"input {k}" for k in range(count))
