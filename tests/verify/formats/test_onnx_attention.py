"""ONNX's Attention: the specification computed by itself, who differs from it, and the record of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np
import pytest

from attnproof.verify.formats.onnx.cases import CASES
from attnproof.verify.formats.onnx.record import record, row
from attnproof.verify.formats.onnx.specified import Case, specified

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from attnproof.verify.formats.onnx import models
from attnproof.verify.formats.onnx.comparing import answered
from attnproof.verify.formats.onnx.models import PARTIES, by_evaluator

Party = Callable[[Case], dict[str, Any]]


def first(name: str, output: str = "Y") -> list[float]:
    return [float(x) for x in specified(CASES[name])[output].values.ravel()]


def test_the_specification_by_hand() -> None:
    e = float(np.e)
    assert first("default scale") == pytest.approx([(e**2 + 3) / (e**2 + 1)])
    assert first("polarity") == [1.0]
    assert first("float mask") == pytest.approx([2.0])
    assert first("masked row beside another")[0] == 0.0
    assert first("causal, more keys") == [1.0]
    assert first("causal with a past") == pytest.approx(
        [(5 * e + 1) / (e + 1), (5 * e**4 + e**2 + 3) / (e**4 + e**2 + 1)]
    )
    assert first("causal with lengths") == pytest.approx([(e + 3) / (e + 1)])
    assert first("causal with fewer keys than queries") == [0.0, 1.0]
    assert first("short float mask") == pytest.approx([2.0])
    assert first("qk output 0", "qk_matmul_output") == [2.0, 1.0]
    assert first("qk output 1", "qk_matmul_output") == pytest.approx([0.5 * np.tanh(4), 0.5 * np.tanh(2)])
    assert first("one head of keys")[0] == pytest.approx((1 + 3 * e) / (1 + e))


def altered(**changes: Any) -> Party:
    """The evaluator, asked something else: attributes set, or inputs replaced by a function of the case."""

    def party(case: Case) -> dict[str, Any]:
        inputs, attributes = dict(case.inputs), dict(case.attributes)
        for name, change in changes.items():
            if callable(change) and name in inputs:
                inputs[name] = change(inputs[name])
            elif not callable(change):
                attributes[name] = change
        return by_evaluator(replace(case, inputs=inputs, attributes=attributes))

    return party


WRONG: Mapping[str, tuple[str, Party]] = {
    "inverted mask": ("polarity", altered(attn_mask=np.logical_not)),
    "no causal order": ("causal", altered(is_causal=0)),
    "causal order at the other end": ("causal, more keys", altered(is_causal=0)),
    "no soft-cap": ("soft-cap", altered(softcap=0.0)),
    "scaled twice": ("scale once", altered(scale=0.0625)),
    "heads in another order": ("groups of heads", altered(K=lambda x: x[:, ::-1], V=lambda x: x[:, ::-1])),
    "no lengths": ("lengths", altered(nonpad_kv_seqlen=lambda x: x + 1)),
    "weights in another mode": ("qk output 3", altered(qk_matmul_output_mode=2)),
    "wider window": ("left window", altered(left_window_size=2)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_party_is_seen(name: str) -> None:
    case, party = WRONG[name]
    assert answered(CASES[case], by_evaluator).verdict == "does"
    found = answered(CASES[case], party)
    assert found.verdict == "differs"
    assert found.wanted != found.got


@pytest.mark.parametrize("name", CASES)
def test_an_answer_a_little_off_is_seen(name: str) -> None:
    """The radius has power in every row but those of zeros; where scores are large, against what is not finite."""
    case = CASES[name]
    part = 0.3 if any(x.dtype == np.float16 for x in case.inputs.values()) else 1e-3
    if name in ("large scores", "scale before the product"):
        part = np.nan

    def off(case: Case) -> dict[str, Any]:
        right = specified(case)
        return {key: np.array([float(x) * (1 + part) for x in each.values.ravel()]).reshape(each.values.shape)
                for key, each in right.items()}  # fmt: skip

    zero = not any(any(float(x) for x in each.values.ravel()) for each in specified(case).values())
    assert answered(case, off).verdict == ("does" if zero else "differs")


def test_a_mistake_in_the_model_is_no_partys_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Case) -> None:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(models, "_node", broken)
    with pytest.raises(KeyError, match="a mistake of ours"):
        answered(next(iter(CASES.values())), by_evaluator)


@pytest.mark.parametrize("party", PARTIES)
def test_the_record_is_what_they_answer(party: str) -> None:
    package, ask = PARTIES[party]
    cells = record()["cells"][party]
    if version(package) not in cells:
        pytest.skip(f"{package} {version(package)} is not in the record")
    recorded = cells[version(package)]
    found = {name: answered(case, ask) for name, case in CASES.items()}
    assert {name: each.verdict for name, each in found.items()} == {
        name: each if isinstance(each, str) else each["verdict"] for name, each in recorded.items()
    }
    assert {name: each.got for name, each in found.items() if each.verdict == "differs"} == {
        name: each["got"]
        for name, each in recorded.items()
        if not isinstance(each, str) and each["verdict"] == "differs"
    }


def test_the_record_has_the_rows_of_the_contract() -> None:
    assert record()["rows"] == {name: row(case) for name, case in CASES.items()}
    for versions in record()["cells"].values():
        for cells in versions.values():
            assert cells.keys() == CASES.keys()


def test_where_they_differ() -> None:
    """Of the newest versions in the record: what the note says of them."""
    newest = {party: list(versions.values())[-1] for party, versions in record()["cells"].items()}
    differs = {party: sorted(name for name, each in cells.items() if each != "does") for party, cells in newest.items()}
    assert differs == {
        "reference evaluator": ["qk output 0"],
        "function body": [],
        "onnxruntime": ["short boolean mask", "short float mask"],
    }
