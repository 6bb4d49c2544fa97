"""What is read of a target, in this process: where no score is claimed, beside the one that its arguments tell."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from attnproof.derivations.scores.following import alone
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.loading import load
from attnproof.verify.checking.making import make_target
from attnproof.verify.reading.lifting.handing import CannotRecordError, recorded
from attnproof.verify.reading.lifting.reading import reading
from attnproof.verify.reading.lifting.result import Reading
from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.targets.target import Target

__all__ = ["CannotRecordError", "found_in", "loaded", "mapped", "target_of", "telling"]

# A score by an argument that no other one has; without one of these it is a product of query and key.
TELLING: Final = (
    ("weight_query", "additive"),
    ("weight_key", "additive"),
    ("weight_concat", "concat"),
    ("weight", "bilinear"),
)
ONE_WIDTH: Final = "read with {}: it refuses other widths"


def loaded(
    declared: Declaration, score: str | None, heard: Callable[[Target], Target] = lambda target: target
) -> Target:
    """The target that a declaration names; ``heard`` as ``make_target`` has it."""
    return target_of(declared, score, load(declared.target), None, heard)


def target_of(
    declared: Declaration,
    score: str | None,
    thing: Any,
    backward: Callable[..., Any] | None,
    heard: Callable[[Target], Target] = lambda target: target,
) -> Target:
    """The target; where no score is claimed of the one that its arguments tell."""
    if score is None:
        names = (*_arguments(thing, declared.method), *mapped(asdict(declared)))
        declared = replace(declared, score=telling(names))
    return make_target(declared, thing, backward, heard)


def found_in(target: Target, score: str | None) -> Reading:
    """What is read of a target, in this process. Raises CannotRecordError."""
    try:
        handed, recordings = recorded(target, lambda: recorder_for(target.framework))
        claimed = score is not None or alone(target.score) != target.score
        found = reading(target.name, handed, recordings, target.score if claimed else None)
    except CannotLiftError as error:
        raise CannotRecordError(str(error)) from error
    sizes = dict(target.laid_out).get("sizes")
    return found if sizes is None else replace(found, notes=(*found.notes, ONE_WIDTH.format(sizes)))


def telling(names: Iterable[str]) -> str:
    """The score that has these arguments."""
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


def mapped(declared: Mapping[str, Any]) -> tuple[str, ...]:
    """Our names in the declaration: of arguments, and in the expressions for parameters."""
    import re

    texts = [*declared.get("arguments", ()), *declared.get("parameters", ())]
    return tuple(word for text in texts for word in re.findall(r"[A-Za-z_]+", text))
