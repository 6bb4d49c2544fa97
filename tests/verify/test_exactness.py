"""An enclosure is made once for many targets, and again only where a bound asks for more than it was shown to hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.bounds import bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.oracle import exactness

LEAST = 2.0**-1074


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    calls: list[tuple[str, ...]] = []
    real = exactness.certified

    def counted(case, limits, wanted):  # type: ignore[no-untyped-def]
        calls.append(tuple(wanted))
        return real(case, limits, wanted)

    monkeypatch.setattr(exactness, "certified", counted)
    return calls


@pytest.fixture
def case() -> Case:
    return make_case("dot", SETTINGS["base"], "normal", "fp64", 0)


def test_an_enclosure_is_kept_for_equal_and_looser_bounds(made: list[tuple[str, ...]], case: Case) -> None:
    limits = bounds(case, backend("numpy", "fp64", "cpu"))
    first = exactness.exact(case, limits, ["weights"])
    looser = {"weights": replace(limits["weights"], bound=2 * limits["weights"].bound)}
    assert exactness.exact(case, looser, ["weights"])["weights"] is first["weights"]
    assert exactness.certain(case, ["weights"])["weights"] is first["weights"]
    assert made == [("weights",)]


def test_a_bound_near_underflow_is_met_once(made: list[tuple[str, ...]], case: Case) -> None:
    """The radius, rounded up to float64, is no less than the bound; that it is tight enough was decided exactly, and is
    remembered.
    """
    limits = bounds(case, backend("numpy", "fp64", "cpu"))
    tiny = {"weights": replace(limits["weights"], bound=np.full(limits["weights"].bound.shape, LEAST))}
    exactness.exact(case, limits, ["weights"])
    found = exactness.exact(case, tiny, ["weights"])["weights"]
    assert np.any(found.radius() * exactness.SHARPER > LEAST)
    again = {"weights": replace(tiny["weights"], bound=tiny["weights"].bound.copy())}
    assert exactness.exact(case, again, ["weights"])["weights"] is found
    assert made == [("weights",), ("weights",)]  # for the derived bounds, and once more for the tighter ones


def test_what_was_enclosed_without_a_bound_is_made_again_for_one(made: list[tuple[str, ...]], case: Case) -> None:
    exactness.certain(case, ["weights"])
    limits = bounds(case, backend("numpy", "fp64", "cpu"))
    tiny = {"weights": replace(limits["weights"], bound=np.full(limits["weights"].bound.shape, LEAST))}
    exactness.exact(case, tiny, ["weights"])
    assert len(made) == 2
