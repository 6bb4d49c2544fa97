"""A short --limit for what hangs when it is called, on a machine that may take longer to import it."""

from __future__ import annotations

from time import monotonic

import pytest

from attnproof.verify.checking import running
from attnproof.verify.checking.process import Worker
from attnproof.verify.checking.working import Event


def limit_calls_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, within the test, imports have the time that starting Python has."""
    limited, importing = running._next, False

    def patient(worker: Worker, until: float | None) -> Event:
        nonlocal importing
        event = limited(worker, monotonic() + running.START_SECONDS if importing else until)
        importing = event.kind == "asking" and event.value == "importing it"
        return event

    monkeypatch.setattr(running, "_next", patient)
