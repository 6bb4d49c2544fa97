"""A JAX target answered primitive by primitive in NumPy: XLA compiles every primitive anew at every shape.

What a program does with axes, lengths and features is in its primitives, so those questions may be answered by their
evaluation, in the program's own formats. What it raises is always what it raises when nobody listens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.recording.active import active, recording
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.target import Answer, Laid, Request, Target


@lru_cache(maxsize=256)  # one for each target, so that what is kept of it (``settled_choice``) is
def evaluated(target: Target) -> Target:
    """A target in JAX, its answers evaluated from its primitives; XLA's where it cannot be read whole, and where
    somebody listens already. Any other target as it is.
    """
    if target.framework != "jax" or isinstance(target.ask, _Evaluated):
        return target

    def otherwise(name: str) -> list[Laid]:
        return [replace(laid, target=evaluated(laid.target)) for laid in (target.otherwise or _none)(name)]

    return replace(target, ask=_Evaluated(target), otherwise=otherwise)


@dataclass(frozen=True, eq=False)
class _Evaluated:
    target: Target

    def __call__(self, request: Request) -> Answer:
        if active():
            return self.target.ask(request)
        try:
            recorder = recorder_for(self.target.framework)
            with recording(recorder):
                answer = ask(self.target, request)
        except (TargetError, NotReadError):  # what it raises when nobody listens is its answer
            return self.target.ask(request)
        whole = len(recorder.tape.calls) == 1 and not recorder.tape.unread
        return answer if whole else self.target.ask(request)


def _none(name: str) -> Sequence[Laid]:
    del name
    return ()
