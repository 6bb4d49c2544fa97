"""How much rests on reading, how sure that is, what rests on samples, and what was not asked."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import torch

from attnproof.verify.checking.check import check
from attnproof.verify.checking.reads import in_words, read
from attnproof.verify.checking.report import Report
from attnproof.verify.checking.unasked import not_asked
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties import Draw, Finding
from attnproof.verify.targets import torch_target

DRAWS = tuple(Draw(Setting("", n_q=2), asked=(text,)) for text in ("one", "two", "three"))
BLOCK = 65536


def right(query, key, value):
    return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value


def found(outcome, draw, missed=None, quantity="context"):
    why = None if outcome == "pass" else "why"
    return Finding(outcome, why, quantity, draw=DRAWS[draw], missed=missed, property="algebra")


def said(*findings, score="dot"):
    got = read(Report("a:b", score, findings))
    assert got is not None
    return got


def test_the_largest_probability_of_all_that_is_equal_is_said_and_rounded_up() -> None:
    got = said(found("pass", 0, 1e-17), found("pass", 0, 1.432e-16, "grad.key"), found("pass", 1, 1e-20))
    assert (got.equal, got.missed) == (2, 1.432e-16)
    assert "2 questions equal the derivation exactly (a wrong one passes with probability at most 1.5e-16;" in (
        in_words(got)
    )


def test_no_bound_is_said_to_be_none() -> None:
    got = said(found("pass", 0, 1e-17), found("pass", 1, None))
    assert got.missed is None
    assert "with what probability a wrong one passes is not known" in in_words(got)


def test_truncation_is_complete_for_few_keys_of_flat_scores_only() -> None:
    assert said(found("pass", 0)).keys == {"forward": 2, "backward": 1}
    assert "all for n_k ≤ 2, of gradients for n_k ≤ 1" in in_words(said(found("pass", 0)))
    assert "which is not known to be all" in in_words(said(found("pass", 0), score="additive"))


def test_what_is_not_equal_is_not_counted_so() -> None:
    got = said(found("pass", 0, 1e-17), found("abstain", 0), found("pass", 1, 1e-17), found("fail", 2))
    assert (got.equal, got.differs, got.samples, got.why) == (1, 1, 1, ("why",))
    assert in_words(got) == (
        "read: 1 question differs from the derivation, 1 question equals it exactly, 1 question rests on samples: why"
    )
    assert read(Report("a:b", "dot", (Finding("pass", property="values"),))) is None


def test_a_target_s_own_sureness_is_computed() -> None:
    report = check(right, "scaled_dot", profile="quick", dtypes=("fp64",), properties=("algebra",))
    got = report.plain()["read"]
    assert got["equal"] > 5
    assert 0.0 < got["missed"] < 1e-12
    assert got["samples"] == got["differs"] == 0


def test_what_left_the_library_is_named() -> None:
    def leaving(query, key, value):
        return torch.from_numpy(np.array(right(query, key, value).detach().numpy()))

    report = check(leaving, "scaled_dot", profile="quick", dtypes=("fp64",), properties=("algebra",), gradients=False)
    (why, *_) = report.plain()["read"]["why"]
    assert "test_reads.py:" in why
    assert f"rests on samples: {why}" in report.summary(verbose=True)


def test_what_is_not_read_is_named() -> None:
    def own(query, key, value):
        return right(query, key, value) * torch.special.i0(query.sum() * 0.0)

    report = check(own, "scaled_dot", profile="quick", dtypes=("fp64",), properties=("algebra",), gradients=False)
    assert "i0" in report.plain()["read"]["why"][0]
    assert "rests on samples" in report.diagnosis or "rest on samples" in report.diagnosis


def test_what_cannot_be_asked_is_listed_with_why() -> None:
    def tiled(query, key, value):
        return right(query, key, value) if key.shape[-2] < BLOCK else value

    target = torch_target("tiled", "scaled_dot", tiled, dtypes=("fp64",))
    rest = not_asked(target, 0)
    assert any("65536" in size and "arrays of" in size for size in rest.sizes)
    assert rest.pairs
    finding = Finding("pass", property="values")
    report = Report("a:b", "scaled_dot", (finding,), not_asked=replace(rest, complete=False))
    got = json.loads(json.dumps(report.plain()))["not_asked"]
    assert got["sizes"] == list(rest.sizes)
    assert not got["complete"]
    assert {len(each["levels"]) for each in got["pairs"]} == {2}
    text = report.summary(verbose=True)
    assert f"not tried: {rest.sizes[0]}" in text
    assert "not asked together, " in text
    assert f"not tried  {len(rest.sizes)} sizes around the program's own numbers" in report.summary()
    assert rest.sizes[0] not in report.summary()
