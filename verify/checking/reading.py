"""``attnproof.read``: the formula that a program computes, beside the nearest derivation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Final

from attnproof.impl.extras import require
from attnproof.verify.checking.check import name_of
from attnproof.verify.checking.declared import Declaration, make_target
from attnproof.verify.checking.loading import load
from attnproof.verify.reading.lifting.handing import READ, CannotRecordError, recorded
from attnproof.verify.reading.lifting.reading import reading
from attnproof.verify.reading.lifting.result import Reading

__all__ = ["CannotRecordError", "Reading", "read"]

# A score by an argument that no other one has; without one of these it is a product of query and key.
TELLING: Final = (
    ("weight_query", "additive"),
    ("weight_key", "additive"),
    ("weight_concat", "concat"),
    ("weight", "bilinear"),
)
FRAMEWORKS: Final = ("torch", "numpy", "jax")


def read(
    function: Callable[..., Any] | str,
    score: str | None = None,
    *,
    backward: Callable[..., Any] | str = "",
    **declared: Any,
) -> Reading:
    """Read what an attention computes: its formulas, and how they differ from a derivation.

    function  a function, module, class or its name ``module:attribute``
    score     what it claims to compute: a known score or ``file.py:name``; None: the nearest known one
    backward  for NumPy: the function, or its name, that returns the gradients by our names
    declared  fields of ``attnproof.verify.checking.declared.Declaration``: layout, arguments, outputs, takes, build …,
              except ``always``: what every call has unasked is read, not declared.
              Of the features ``bias``, ``softcap``, ``bias_hidden``, ``mask``, ``causal`` and ``scale`` are handed over

    The target is called twice, in this process, at two sets of prime sizes. The result holds for the branch of the code
    that these calls took.

    Raises ValueError, naming what is wrong, for a declaration that is not one and a target that cannot be loaded;
    CannotRecordError with the reason for a target that cannot be recorded; MissingExtraError for a framework that is
    not installed.
    """
    thing = load(function) if isinstance(function, str) else function
    name = function if isinstance(function, str) else name_of(function)
    named = backward if isinstance(backward, str) else name_of(backward)
    guessed = _telling((*_arguments(thing, declared.get("method", "")), *_mapped(declared)))
    declaration = Declaration(name, score or guessed, backward=named, **declared)
    recorder = _recorder(declaration.framework)
    unread = [feature for feature in declaration.takes if feature not in READ]
    if unread:
        raise ValueError(f"read hands over {', '.join(READ)}; {unread[0]!r} is not one of them (yet): leave it out")
    if declaration.stored:
        raise ValueError("read hands over arrays of the format that is computed in: leave stored out")
    if declaration.formula != declaration.score:
        raise ValueError("read says what normalises the weights and what is made of the context: leave it out")
    if declaration.always:
        raise ValueError("read says what every call has unasked (masks, a soft-cap): leave always out")
    target = make_target(declaration, thing, None if isinstance(backward, str) else backward)
    handed, recordings = recorded(target, recorder)
    return reading(name, handed, recordings, score)


def _recorder(framework: str) -> Callable[[], Any]:
    if framework not in FRAMEWORKS:
        raise ValueError(f"programs are read in {', '.join(FRAMEWORKS)}; the framework is {framework!r}")
    if framework == "torch":
        from attnproof.verify.recording.in_torch import TorchRecorder

        return TorchRecorder
    if framework == "jax":
        require("jax")
        from attnproof.verify.recording.in_jax.recorder import JaxRecorder

        return JaxRecorder
    from attnproof.verify.recording.in_numpy import NumpyRecorder

    return NumpyRecorder


def _telling(names: Iterable[str]) -> str:
    known = set(names)
    return next((score for name, score in TELLING if name in known), "scaled_dot")


def _arguments(thing: Any, method: str) -> tuple[str, ...]:
    """The names of the arguments of what is called."""
    called = getattr(thing, method or ("forward" if hasattr(thing, "forward") else "__call__"), thing)
    if inspect.isfunction(thing) or (not method and not hasattr(thing, "forward") and not inspect.isclass(thing)):
        called = thing
    try:
        return tuple(inspect.signature(called).parameters)
    except (TypeError, ValueError):  # it has no signature
        return ()


def _mapped(declared: Any) -> tuple[str, ...]:
    """Our names in the declaration: of arguments, and in the expressions for parameters."""
    import re

    texts = [*declared.get("arguments", ()), *declared.get("parameters", ())]
    return tuple(word for text in texts for word in re.findall(r"[A-Za-z_]+", text))
