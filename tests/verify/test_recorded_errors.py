"""The record of exhaustive measurements is used where it was made with the code that runs, and nowhere else."""

import numpy as np
import pytest
import torch

from attnproof.verify.arithmetic import recorded_errors
from attnproof.verify.arithmetic.backends import OWN, backend, function_error, softmax_exp_error
from attnproof.verify.arithmetic.recorded_errors import place, record, recorded

KEYS = [(library, function) for library in ("numpy", "torch") for function in ("exp", "tanh", "log")]


@pytest.fixture
def elsewhere(monkeypatch):
    """Pretend that the record was made with other code: change what every row says under a key."""

    def change(key, value):
        altered = tuple(row | {key: value} for row in record())
        recorded.cache_clear()
        monkeypatch.setattr(recorded_errors, "record", lambda: altered)

    yield change
    recorded.cache_clear()


def holds_here(library, function):
    here = place(library, function)
    return any((r["library"], r["function"]) == (library, function) and r.items() >= here.items() for r in record())


@pytest.mark.parametrize(("library", "function"), KEYS)
def test_the_record_is_complete(library, function):
    rows = [row for row in record() if (row["library"], row["function"]) == (library, function)]
    assert {row["path"] for row in rows} == {"contiguous", "strided"}
    assert all(row["grade"] == "exhaustive" and row["decided"] == 1 << 32 for row in rows)


@pytest.mark.parametrize(("library", "function"), KEYS)
def test_the_larger_of_the_paths_is_used_where_the_record_holds(library, function):
    if not holds_here(library, function):
        pytest.skip("recorded with other code than runs here")
    found = function_error(library, function, "fp32")
    rows = [row for row in record() if (row["library"], row["function"]) == (library, function)]
    assert found.grade == "exhaustive"
    assert found.relative == max(row["relative"] for row in rows)
    assert found.absolute == max(row["absolute"] for row in rows)
    assert all(word in found.origin for word in (library, *list(place(library, function).values())[:2]))


@pytest.mark.parametrize(
    ("key", "value"), [("version", "0"), ("capability", "none"), ("fingerprint", "0"), ("grade", "partial")]
)
@pytest.mark.parametrize(("library", "function"), KEYS)
def test_elsewhere_the_documented_figures_are_used(elsewhere, library, function, key, value):
    elsewhere(key, value)
    assert recorded(library, function) is None
    assert function_error(library, function, "fp32").grade == "assumed"


def test_one_path_alone_is_not_enough(elsewhere):
    elsewhere("path", "contiguous")
    assert recorded("numpy", "exp") is None


def test_other_formats_devices_and_functions_of_others_stay_with_the_documentation():
    assert function_error("torch", "exp", "fp64").grade == "assumed"
    assert function_error("torch", "exp", "fp32", "cuda").grade == "assumed"
    foreign = backend("torch", "fp32", documented=True)
    assert {foreign.exp.grade, foreign.tanh.grade, foreign.log.grade} == {"assumed"}
    assert OWN.exp.grade == "assumed"


def test_the_exp_inside_softmax_is_another_one_in_torch():
    assert softmax_exp_error("torch", "fp32").grade == "assumed"
    assert softmax_exp_error("numpy", "fp32") == function_error("numpy", "exp", "fp32")
    assert backend("torch", "fp32").softmax_exp == softmax_exp_error("torch", "fp32")


def test_a_fingerprint_tells_results_apart_and_forgives_the_payload_of_a_nan(monkeypatch):
    honest = recorded_errors._fingerprint("torch", "exp")
    real = torch.exp
    monkeypatch.setattr(torch, "exp", lambda x: torch.where(torch.isnan(x), -x, real(x)))
    assert recorded_errors._fingerprint("torch", "exp") == honest
    monkeypatch.setattr(torch, "exp", lambda x: torch.nextafter(real(x), torch.tensor(0.0)))
    assert recorded_errors._fingerprint("torch", "exp") != honest
    monkeypatch.setattr(np, "exp", lambda x: np.float32(1.0) + 0 * x)
    assert recorded_errors._fingerprint("numpy", "exp") != recorded_errors._fingerprint("torch", "exp")
