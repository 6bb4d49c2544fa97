"""A problem of two functions or modules in hand, and inputs as text.

Parameters of a ``torch.nn.Module`` are inputs like the others, the same for both sides: by their names where both
modules have the same names and shapes, else by their order where the shapes in that order are the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from attnproof.verify.against.declared import Input, inputs, sizes_of
from attnproof.verify.against.problem import Draw, Problem, Program

PARAMETER_SIZE: Final = 0.5  # of parameters, normal: large enough that no function is all but linear
Call = Callable[..., Any]


def problem_of(
    candidate: Call,
    reference: Call,
    given: str,
    *,
    sizes: str | Mapping[str, int] = "",
    dtype: str = "fp32",
    frameworks: tuple[str, str] = ("", ""),
    names: tuple[str, str] = ("", ""),
    gradients: bool = True,
    results: tuple[str, ...] = (),
) -> Problem:
    """The problem.

    candidate, reference  functions, modules, or classes of modules that are built without arguments
    given       inputs as text, handed over in this order: ``x=b n d, mask=n n:bool, labels=b:int<10, eps=:1e-5``
    sizes       what letters stand for, ``b=2, n=5``; small numbers where it says nothing
    frameworks  of candidate and reference: ``torch``, ``jax``, ``numpy``; empty: found out
    gradients   whether those of all floating-point inputs and parameters count; NumPy has none

    Raises ValueError for inputs that cannot be read, and modules whose parameters do not fit each other.
    """
    declared = inputs(given)
    chosen = sizes_of(declared, sizes if isinstance(sizes, str) else ", ".join(f"{k}={n}" for k, n in sizes.items()))
    ours, theirs = _made(candidate), _made(reference)
    kinds = tuple(own or framework_of(thing) for own, thing in zip(frameworks, (ours, theirs), strict=True))
    called = tuple(own or _name(thing) for own, thing in zip(names, (candidate, reference), strict=True))
    shared = _shared(ours, theirs, called)
    programs = [
        Program(name, _call(thing, len(declared), own), kind)
        for name, thing, own, kind in zip(called, (ours, theirs), shared, kinds, strict=True)
    ]
    every = (*(each.name for each in declared), *shared[1])
    if twice := next((name for name in every if every.count(name) > 1), None):
        raise ValueError(f"an input has the name of a parameter, {twice}; call it otherwise")
    able = gradients and "numpy" not in kinds
    floats = [each.name for each in declared if each.kind in ("float", "positive")]

    def at(other: Mapping[str, int]) -> Problem:
        shapes = [] if not shared[1] else list(_parameters(theirs).values())
        return Problem(
            f"{called[0]} against {called[1]}",
            programs[1],
            programs[0],
            every,
            {"normal": _draw(declared, {**chosen, **other}, [tuple(x.shape) for x in shapes])},
            dtype,
            gradients=(*floats, *shared[1]) if able else (),
            results=results,
            sizes={**chosen, **other},
            at=at,
        )

    return at({})


def framework_of(thing: Any) -> str:
    """By what the function's module imports; torch for a module of torch; else NumPy."""
    if _is_module(thing):
        return "torch"
    function = inspect.unwrap(thing) if callable(thing) else thing
    function = getattr(function, "func", function)
    if getattr(type(thing), "__module__", "").startswith("jax"):
        return "jax"
    top = (getattr(function, "__module__", None) or "").partition(".")[0]
    if top in ("torch", "jax", "numpy"):
        return top
    names = set(getattr(getattr(function, "__code__", None), "co_names", ()))
    found = {
        getattr(value, "__name__", "").partition(".")[0] or (getattr(value, "__module__", "") or "").partition(".")[0]
        for name, value in getattr(function, "__globals__", {}).items()
        if name in names or not names
    }
    for framework in ("jax", "torch", "numpy"):
        if framework in found:
            return framework
    imported = {
        getattr(value, "__name__", "").partition(".")[0]
        for value in getattr(function, "__globals__", {}).values()
        if inspect.ismodule(value)
    }
    return next((framework for framework in ("torch", "jax") if framework in imported), "numpy")


def _is_module(thing: Any) -> bool:
    return any(f"{base.__module__}.{base.__name__}" == "torch.nn.modules.module.Module" for base in type(thing).__mro__)


def _made(thing: Any) -> Any:
    if isinstance(thing, type):
        try:
            return thing()
        except Exception as error:  # somebody's class may raise anything
            raise ValueError(f"building {thing.__name__} raised {type(error).__name__}: {error}") from error
    return thing


def _name(thing: Any) -> str:
    return str(getattr(thing, "__qualname__", type(thing).__name__))


def _parameters(thing: Any) -> dict[str, Any]:
    return dict(thing.named_parameters()) if _is_module(thing) else {}


def _shared(ours: Any, theirs: Any, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the parameters on each side, in one order. Raises ValueError where they do not fit."""
    own, other = ({n: tuple(x.shape) for n, x in _parameters(thing).items()} for thing in (ours, theirs))
    if own == other:
        return tuple(other), tuple(other)
    if list(own.values()) == list(other.values()):
        return tuple(own), tuple(other)
    if not _is_module(ours) or not _is_module(theirs):
        which, has = (names[0], own) if own else (names[1], other)
        raise ValueError(f"{which} has parameters ({', '.join(has)}) and what it is compared with has none")
    words = [", ".join(f"{n} {shape}" for n, shape in each.items()) or "none" for each in (own, other)]
    raise ValueError(
        f"parameters do not fit: {names[0]} has {words[0]}; {names[1]} has {words[1]}; "
        "expected the same names, or the same shapes in the same order"
    )


def _call(thing: Any, count: int, shared: tuple[str, ...]) -> Call:
    """By position: the inputs, then the parameters."""
    if not _is_module(thing):
        return thing  # type: ignore[no-any-return]  # a function
    import torch
    from torch.func import functional_call

    thing.eval()  # dropout draws numbers of its own

    def call(*given: Any) -> Any:
        dtype = next((x.dtype for x in given if isinstance(x, torch.Tensor) and x.is_floating_point()), None)
        buffers = {
            name: x.to(dtype) if dtype is not None and x.is_floating_point() else x for name, x in thing.named_buffers()
        }
        parameters = dict(zip(shared, given[count:], strict=True))
        return functional_call(thing, {**buffers, **parameters}, given[:count])

    call.__wrapped__ = thing  # type: ignore[attr-defined]  # its own numbers are looked for there
    return call


def _draw(declared: tuple[Input, ...], sizes: Mapping[str, int], shapes: list[tuple[int, ...]]) -> Draw:
    def draw(seed: int) -> tuple[Any, ...]:
        rng = np.random.default_rng(seed)
        made = [each.draw(rng, sizes) for each in declared]
        return (*made, *(PARAMETER_SIZE * rng.normal(size=shape) for shape in shapes))

    return draw
