"""Asking a target one question: what it answers, in the shapes of the case, or that it raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.properties.refusing import refuses
from attnproof.verify.targets.numbers import NotRealError
from attnproof.verify.targets.saying import came_to, shown
from attnproof.verify.targets.target import Answer, Request, Target, Unsupported

Reshaped = Mapping[str, Callable[[Array], Array]]  # quantity -> what makes it an array of the case's shape


class TargetError(Exception):
    """The target raised; the message says what.

    fault        whether it is a wrong answer rather than none: numbers that are not real, say
    unsupported  whether the adapter says that its attention is not made for the request
    refuses      whether it may say so in another way (``attnproof.verify.properties.refusing``); else it broke
    """

    tells = True  # of what the target raised, its cause

    def __init__(self, message: str, *, fault: bool = False, unsupported: bool = False, refuses: bool = False) -> None:
        super().__init__(message)
        self.fault, self.unsupported, self.refuses = fault, unsupported, refuses or unsupported


def ask(target: Target, request: Request) -> Answer:
    """The target's answer. Raises TargetError, with the exception's type and message, when it raises or returns no
    numbers.

    Whatever the target raises, ``SystemExit`` and pytest's own too, is its result; KeyboardInterrupt is the user's.
    """
    try:
        return target.ask(request)
    except (TargetError, KeyboardInterrupt):
        raise
    except Unsupported as error:
        why = f"{type(error).__name__}: {error}" if str(error) else "it says so"
        raise TargetError(f"{target.name} is not made for this ({shown(why)})", unsupported=True) from error
    except BaseException as error:
        fault = isinstance(error, NotRealError)
        if not fault and _broadcast(target, request):
            why = f"{target.name} {came_to(error)}, given batches that are broadcast against each other"
            raise TargetError(why, unsupported=True) from error
        raise TargetError(f"{target.name} {came_to(error)}", fault=fault, refuses=refuses(error)) from error


def _broadcast(target: Target, request: Request) -> bool:
    """Whether query, key and value come with different batches, which nobody promises to take; keys and values with
    fewer heads, of which the queries' are a multiple, are promised by ``groups``.
    """
    query, *others = (np.shape(request.given[n])[:-2] for n in ("query", "key", "value") if n in request.given)
    if set(others) <= {query}:
        return False
    same = len(set(others)) == 1 and len(others[0]) == len(query) > 0 and others[0][:-1] == query[:-1]
    return not ("groups" in target.takes and same and query[-1] % others[0][-1] == 0)


@dataclass(frozen=True, eq=False)
class Question:
    """One request under a choice.

    words     what is asked, in a failure's reason
    reshaped  what makes the target's arrays those of the case, by quantity
    ordinary  whether the numbers are those of a usual test
    """

    request: Request
    words: str
    reshaped: Reshaped = field(default_factory=dict)
    ordinary: bool = True

    def answered(self, target: Target) -> Answer:
        """What the target answers, in the shapes of the case. Raises TargetError."""
        answer = ask(target, self.request)

        def each(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
            return {n: self.reshaped.get(prefix + n, np.asarray)(array) for n, array in arrays.items()}

        return replace(answer, outputs=each(answer.outputs, ""), gradients=each(answer.gradients, "grad."))
