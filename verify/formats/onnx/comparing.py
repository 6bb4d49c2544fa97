"""What each party answers, beside the specification."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from attnproof.verify.formats.onnx.models import NotAskedError, model
from attnproof.verify.formats.onnx.specified import Case, specified

Verdict = Literal["does", "differs", "refuses", "not asked"]
_SHOWN: Final = 6


@dataclass(frozen=True)
class Answered:
    """One cell.

    verdict  ``does``: every element is within its radius of the specified value
    output   the first output that differs
    wanted, got  its values, in order, as text; of a refusal the message
    """

    verdict: Verdict
    output: str = ""
    wanted: str = ""
    got: str = ""


def answered(case: Case, party: Callable[[Case], dict[str, Any]]) -> Answered:
    """Ask one party one question."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of NaN: that is seen in the answer
        with suppress(NotAskedError):  # a party that needs the model says so itself
            model(case)  # ours: a mistake in it is no party's refusal
        try:
            found = party(case)
        except NotAskedError as error:
            return Answered("not asked", got=str(error))
        except Exception as error:  # noqa: BLE001 - what it raises is its answer
            return Answered("refuses", got=f"{type(error).__name__}: {' '.join(str(error).split())}"[:300])
    for name, right in specified(case).items():
        got = np.asarray(found[name], np.float64)
        wanted = np.array([float(x) for x in right.values.ravel()]).reshape(right.values.shape)
        if got.shape != wanted.shape:
            return Answered("differs", name, f"shape {wanted.shape}", f"shape {got.shape}")
        with np.errstate(invalid="ignore"):
            near = (got == wanted) | (np.abs(got - wanted) <= right.radius)
        if not near.all():
            return Answered("differs", name, _text(wanted), _text(got))
    return Answered("does")


def _text(values: Any) -> str:
    shown = [f"{x:.7g}" for x in values.ravel()[:_SHOWN]]
    return ", ".join(shown) + (" …" if values.size > _SHOWN else "")
