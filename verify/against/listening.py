"""Recording a function of anybody's on the arrays that it was handed: what it does is read, not what it promises."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from attnproof.verify.against.theirs import running
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.recording.recording import NotReadError, Recording

Function = Callable[..., Any]
MOST: Final = 2**27  # numbers in a recording: enclosed they take about 70 bytes each


@dataclass(frozen=True, eq=False)
class Heard:
    """What a function answered, and how.

    recording  of one call; inputs are ``in0``, ``in1`` … in the order in which arrays stand among the arguments
    results    name -> the array as it was returned: ``""`` where it is all, else its place, ``[0]`` or ``['lse']``
    every      the same with arrays of whole numbers and truth values
    framework  ``torch``, ``numpy`` or ``jax``
    """

    recording: Recording
    results: Mapping[str, Any]
    every: Mapping[str, Any]
    framework: str


def heard(function: Function, arguments: Sequence[Any], *, upstream: Any = None) -> Heard:
    """Call ``function(*arguments)`` once while a recorder of the arguments' library listens.

    upstream  a cotangent of each result, in the results' order: the gradients of all floating-point arguments are
              recorded in place of the results
    Raises NotReadError, with the reason, where the call cannot be recorded or something in it has no rule; RaisedError
    for what the function raises.
    """
    framework = framework_of(arguments)
    recorder: Any = recorder_for(framework)
    recorder.tape.most = MOST
    given: dict[str, Any] = {}

    def hand_over(array: Any) -> Any:
        name = f"in{len(given)}"
        own = _own_copy(array, framework, differentiated=upstream is not None)
        replaced = recorder.input(name, own)
        given[name] = own if replaced is None else replaced
        return given[name]

    handed = [mapped(argument, hand_over, framework) for argument in arguments]
    seeds: dict[str, Any] = {}
    if upstream is None:
        with recorder.listening(), running():
            found = function(*handed)
    else:
        found, seeds = _gradients(function, handed, list(given.values()), upstream, recorder, framework)
    results = dict(leaves(found, framework))
    if not results:
        raise NotReadError(f"the reference returned no array of {framework}: {type(found).__name__}")
    recorder.call(given, seeds, results)
    recording = recorder.tape.finish()
    if recording.unread:
        raise NotReadError(f"no rule reads {', '.join(sorted(recording.unread))}")
    missing = [name for name in results if name not in recording.calls[-1].results]
    if missing:
        raise NotReadError(f"the reference's result{missing[0]} is no recorded array of floating-point numbers")
    return Heard(recording, results, dict(leaves(found, framework, every=True)), framework)


def framework_of(arguments: Any) -> str:
    """Whose arrays these are; NumPy's where they are nobody else's. Loads no library that is not loaded."""
    for name, kind in (("torch", "Tensor"), ("jax", "Array")):
        library = sys.modules.get(name)
        if library is not None and any(isinstance(x, getattr(library, kind)) for x in _every(arguments)):
            return name
    return "numpy"


def is_array(thing: Any, framework: str) -> bool:
    """Whether a thing is an array of a library that is loaded."""
    if framework == "numpy":
        return isinstance(thing, np.ndarray | np.floating)
    return isinstance(thing, getattr(sys.modules[framework], {"torch": "Tensor", "jax": "Array"}[framework]))


def is_real(array: Any) -> bool:
    """Whether an array holds floating-point numbers, of whichever library it is."""
    words = str(array.dtype).rpartition(".")[2]
    return words.startswith(("float", "bfloat"))


def leaves(thing: Any, framework: str, path: str = "", *, every: bool = False) -> Iterator[tuple[str, Any]]:
    """The floating-point arrays, or ``every`` array, in nested tuples, lists and mappings, each with its place."""
    if is_array(thing, framework):
        if every or is_real(thing):
            yield path, thing
    elif isinstance(thing, Mapping):
        for key, entry in thing.items():
            yield from leaves(entry, framework, f"{path}[{key!r}]", every=every)
    elif isinstance(thing, list | tuple):
        for place, entry in enumerate(thing):
            yield from leaves(entry, framework, f"{path}[{place}]", every=every)


def mapped(thing: Any, function: Function, framework: str, *, every: bool = False) -> Any:
    """The same with every floating-point array, or ``every`` array, replaced."""
    if is_array(thing, framework):
        return function(thing) if every or is_real(thing) else thing
    if isinstance(thing, Mapping):
        return {key: mapped(entry, function, framework, every=every) for key, entry in thing.items()}
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        return type(thing)(*(mapped(entry, function, framework, every=every) for entry in thing))
    if isinstance(thing, list | tuple):
        return type(thing)(mapped(entry, function, framework, every=every) for entry in thing)
    return thing


def _every(thing: Any) -> Iterator[Any]:
    if isinstance(thing, Mapping):
        thing = list(thing.values())
    if isinstance(thing, list | tuple):
        for entry in thing:
            yield from _every(entry)
    else:
        yield thing


def _own_copy(array: Any, framework: str, *, differentiated: bool) -> Any:
    """What the function may write to."""
    if framework == "torch":
        return array.detach().clone().requires_grad_(differentiated or array.requires_grad)
    return copy.copy(array) if framework == "numpy" else array


def _gradients(
    function: Function, handed: Sequence[Any], arrays: Sequence[Any], upstream: Any, recorder: Any, framework: str
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The gradients of the arrays, and the cotangents that were handed over."""
    wanted = [seed for _, seed in leaves(upstream, framework)]

    def announced(k: int) -> Any:
        replaced = recorder.input(f"upstream{k}", wanted[k])
        return wanted[k] if replaced is None else replaced

    if framework == "torch":
        import torch

        with recorder.listening(), running():
            returned = function(*handed)
        outputs = [x for _, x in leaves(returned, framework)]
        seeds = [announced(k) for k in range(len(wanted))]
        with recorder.listening(), running():
            parts = torch.autograd.grad(outputs, list(arrays), seeds, allow_unused=True)
        pairs: Any = zip(arrays, parts, strict=True)  # torch says that no part is None
        found = tuple(torch.zeros_like(x) if part is None else part for x, part in pairs)
    elif framework == "jax":
        import jax

        def called(*own: Any) -> tuple[Any, ...]:
            fresh = iter(own)
            every = mapped(list(handed), lambda _: next(fresh), "jax")
            with running():
                returned = function(*every)
            return tuple(x for _, x in leaves(returned, "jax"))

        with recorder.listening():
            _, pull = jax.vjp(called, *arrays)
            seeds = [announced(k) for k in range(len(wanted))]
            with running():
                found = tuple(pull(tuple(seeds)))
    else:
        raise NotReadError("functions of NumPy have no gradients")
    return found, {f"upstream{k}": seed for k, seed in enumerate(seeds)}
