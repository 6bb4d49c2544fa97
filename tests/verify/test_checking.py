"""Pointing the verifier at a function of one's own: adapters, mapping, isolation, smallest failing input,
explanation.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from copied_processes import copy_processes
from limited_calls import limit_calls_alone

import attnproof
from attnproof.verify.checking import layouts, loading, mapping, shrinking
from attnproof.verify.checking.making import make_target
from attnproof.verify.checking.replaying import ReplayFileError, again, load

QUICK = {"profile": "quick", "properties": ("values",), "dtypes": ("fp64",)}


def good(query, key, value):
    return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value


def noscale(query, key, value):
    return (query @ key.mT).softmax(-1) @ value


class Additive(torch.nn.Module):
    """Bias on the key side, an outer factor of 2, the query's weight transposed."""

    def __init__(self, d_q, d_k, d_a, side="right"):
        super().__init__()
        self.wq = torch.nn.Parameter(torch.empty(d_q, d_a))
        self.wk = torch.nn.Linear(d_k, d_a)
        self.v = torch.nn.Linear(d_a, 1, bias=False)
        self.side = side

    def forward(self, q, memory, values):
        hidden = torch.tanh((q @ self.wq)[:, :, None] + self.wk(memory)[:, None])
        scores = 2 * self.v(hidden)[..., 0] if self.side == "right" else self.v(hidden)[..., 0]
        return scores.softmax(-1) @ values, scores


MODULE = {
    "layout": "query=b q d, key=b k d, value=b k v, context=b q v, scores=b q k",
    "arguments": ("query=q", "key=memory", "value=values"),
    "outputs": ("context=0", "scores=1"),
    "takes": ("bias_hidden",),
    "parameters": ("wq=weight_query.T", "wk.weight=weight_key", "wk.bias=bias_hidden", "v.weight=0.5*v"),
}


def test_a_right_function_passes_and_a_wrong_one_is_explained(tmp_path: Path) -> None:
    assert attnproof.check(good, "scaled_dot", **QUICK).ok
    report = attnproof.check(noscale, "scaled_dot", save_to=tmp_path, **QUICK)
    assert not report.ok
    example = report.examples["values"]
    assert "wrong scale: no scale" in str(example.fault)
    assert example.case.inputs["query"].shape[-2] == 1  # smaller than any size that was asked
    assert "attnproof replay" in report.summary()
    assert "<table>" in report._repr_html_()

    saved = load(Path(report.files["values"]))
    declared = saved.declaration({"target": "a:b"})
    rest = saved.property, saved.draw, saved.case(declared.score)
    assert any(f.outcome == "fail" for f in again(make_target(declared, noscale), *rest))
    assert all(f.outcome == "pass" for f in again(make_target(declared, good), *rest))


def test_module_with_mapped_parameters_and_their_gradients() -> None:
    report = attnproof.check(Additive, "additive", build="d_q=d_q, d_k=d_k, d_a=d_a", **MODULE, **QUICK)
    assert report.ok, report.summary()
    assert {"grad.v", "grad.weight_query", "grad.weight_key", "scores"} <= {f.quantity for f in report.findings}
    wrong = attnproof.check(
        Additive, "additive", build="d_q=d_q, d_k=d_k, d_a=d_a, side='left'", shrink=False, **MODULE, **QUICK
    )
    assert not wrong.ok  # the factor is missing, so the mapping shows it


def test_errors_of_the_target_are_results() -> None:
    def shape(query, key, value):
        return good(query, key, value)[..., :1, :]

    def raises(query, key, value):
        raise RuntimeError("no kernel")

    assert attnproof.check(shape, "scaled_dot", layout="context=b q v", **QUICK).verdicts[0].outcome == "error"
    verdict = attnproof.check(raises, "scaled_dot", **QUICK).verdicts[0]
    assert (verdict.outcome, "no kernel" in str(verdict.finding.reason)) == ("error", True)


@pytest.mark.parametrize(
    ("body", "seen"), [("time.sleep(60)", "did not answer within 1 s"), ("os._exit(7)", "status 7")]
)
def test_a_hang_and_a_crash_are_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, seen: str) -> None:
    copy_processes(monkeypatch)
    limit_calls_alone(monkeypatch)
    source = tmp_path / "own.py"
    source.write_text(f"import os, time\ndef attend(query, key, value):\n    {body}\n", encoding="utf-8")
    report = attnproof.check(f"{source}:attend", "dot", limit=1, **QUICK)
    assert not report.ok
    assert seen in str(report.verdicts[0].finding.reason)


def test_time_that_runs_out_does_not_end_the_search_for_smaller_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shrinking, "SECONDS", 0.5)

    def slow(query, key, value):
        time.sleep(0.05)
        return noscale(query, key, value)

    report = attnproof.check(slow, "scaled_dot", **QUICK)
    assert report.examples["values"].finding.outcome == "fail"


def test_layouts_go_there_and_back() -> None:
    laid = layouts.parse("query=b q (h d), key=(b q) k d, context=h q b v")
    rng = np.random.default_rng(0)
    given = {"query": rng.random((2, 3, 4, 5)), "key": rng.random((2, 3, 6, 5)), "value": rng.random((2, 3, 6, 7))}
    sizes = layouts.sizes_of(laid, given)
    theirs = layouts.to_theirs(laid, "query", given["query"], (2, 3), sizes)
    assert np.array_equal(theirs, np.einsum("bhqd->bqhd", given["query"]).reshape(2, 4, 15))
    context = rng.random((2, 3, 4, 7))
    assert np.array_equal(layouts.to_ours(laid, "context", np.einsum("bhqv->hqbv", context), (2, 3), sizes), context)
    lse = rng.random((2, 3, 4))
    flash = layouts.parse("query=b q h d, key=b k h d, lse=b q h")
    assert np.array_equal(layouts.to_ours(flash, "lse", np.einsum("bhq->bqh", lse), (2, 3), sizes), lse)
    with pytest.raises(TypeError, match="expected"):
        layouts.to_ours(laid, "context", context, (2, 3), sizes)
    with pytest.raises(layouts.NoPlaceError, match="no axis 'h'"):
        layouts.to_theirs(laid, "key", given["key"], (2, 3), sizes)


@pytest.mark.parametrize(
    ("text", "says"),
    [("what=q d", "ARRAY"), ("query=q", "'d'"), ("query=q q d", "twice"), ("query=q; d", "names of axes")],
)
def test_bad_layouts(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        layouts.parse(text)


def test_mapping_language() -> None:
    given = {"query": torch.zeros(2, 2), "w": torch.arange(10.0).reshape(2, 5)}
    like = torch.empty(2, 5)
    _, swapped = mapping.parse("x=[w.key w.query]", ("w",))
    assert torch.equal(mapping.evaluate("x", swapped, given, like), torch.roll(given["w"], 3, -1))
    _, scaled = mapping.parse("x=-1/2*w.T", ("w",))
    assert torch.equal(mapping.evaluate("x", scaled, given, torch.empty(5, 2)), -given["w"].T / 2)
    with pytest.raises(layouts.NoPlaceError):
        mapping.evaluate("x", scaled, given, like)
    _, below = mapping.parse("x=[eye; 0; 2*eye]", ("w",))
    stacked = torch.cat([torch.eye(2), torch.zeros(2, 2), 2 * torch.eye(2)])
    assert torch.equal(mapping.evaluate("x", below, given, torch.empty(6, 2)), stacked)
    _, one = mapping.parse("x=eye", ("w",))
    for shape in ((1, 1), (1, 1, 1), (3, 1), (4, 4, 1)):  # also where every size is 1
        sides = (*(n for n in shape if n != 1), 1, 1)[:2]
        assert torch.equal(mapping.evaluate("x", one, given, torch.empty(shape)), torch.eye(*sides).reshape(shape))
    with pytest.raises(layouts.NoPlaceError, match="no identity"):
        mapping.evaluate("x", one, given, torch.empty(4))
    for text, says in (
        ("x=3*w", "power of two"),
        ("x=u", "unknown symbol"),
        ("x", "THEIR_NAME"),
        ("x=[eye; ]", "nothing between"),
        ("x=w@w", "cannot read"),
    ):
        with pytest.raises(ValueError, match=says):
            mapping.parse(text, ("w",))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"score": "nonsense"}, "unknown score"),
        ({"takes": ("x",)}, "unknown feature"),
        ({"contract": {"masked_row": "x"}}, "masked_row"),
        ({"outputs": ("x=0",)}, "unknown output"),
        ({"build": "a+"}, "--build"),
        ({"limit": 1.0}, "limit"),
    ],
)
def test_bad_declarations(changes: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        attnproof.check(good, **({"score": "dot"} | changes))


def test_loading_says_what_is_missing(tmp_path: Path) -> None:
    for name, says in (
        ("x", "module:attribute"),
        ("no_such_module_here:x", "ModuleNotFoundError"),
        ("math:nope", "nope"),
    ):
        with pytest.raises(ValueError, match=says):
            loading.load(name)
    (tmp_path / "bad.npz").write_bytes(b"junk")
    with pytest.raises(ReplayFileError, match=r"attnproof\.replay/2"):
        load(tmp_path / "bad.npz")


def test_importing_verify_stays_light() -> None:
    code = "import sys, verify; sys.exit('torch' in sys.modules or 'sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_takes_single_sequences_is_read_and_asked_pairs() -> None:
    def attention(query: Any, key: Any, value: Any, bias: Any = None) -> Any:
        scores = query @ key.mT
        return torch.softmax(scores if bias is None else scores + 2 * bias, -1) @ value

    how: dict[str, Any] = {"profile": "quick", "layout": "query=q d, key=k d, value=k v, context=q v", "shrink": False}
    how["properties"] = ["algebra", "pairs of features"]
    assert {each.outcome for each in attnproof.check(attention, "dot", **how).findings} == {"pass"}
    wrong = attnproof.check(attention, "dot", takes=("bias",), **how)
    assert {each.property for each in wrong.findings if each.outcome == "fail"} == set(how["properties"])


def test_what_a_layout_has_no_axis_for_is_no_error() -> None:
    """Slopes tell heads apart, and there is no axis of heads."""

    def attention(query: Any, key: Any, value: Any, slopes: Any = None) -> Any:
        return torch.softmax(query @ key.mT, -1) @ value

    layout = "query=q d, key=k d, value=k v, context=q v"
    found = attnproof.check(attention, "dot", profile="quick", properties=["algebra"], layout=layout, takes=("slopes",))
    assert {each.outcome for each in found.findings} == {"unsupported"}
