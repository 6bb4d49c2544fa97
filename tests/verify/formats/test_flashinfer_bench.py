"""FlashInfer-Bench's files: read, judged, and written as traces."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from format_files import DEFINITION, REFERENCE, SOLVED, WORKLOAD, flashinfer_files, solution

from attnproof.verify.against.judge import judge
from attnproof.verify.formats.flashinfer_bench.trace import traces, write
from attnproof.verify.formats.opening import format_of, open_problem

Files = Callable[..., tuple[str, str, str]]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return lambda proposed, stated=DEFINITION: flashinfer_files(tmp_path, proposed, stated)


def test_a_definition_is_found_and_drawn(files: Any) -> None:
    new, stated, work = files(solution(SOLVED))
    assert format_of(stated) == "flashinfer_bench"
    free = open_problem(new, stated)
    assert dict(free.sizes) == {"batch": 2, "rows": 3, "keys": 4}  # the constraint sets the keys
    assert free.drawn(0)["k"].shape == (2, 4, 4)
    given = open_problem(new, stated, workload=work)
    drawn = given.drawn(0)
    assert drawn["lengths"].tolist() == [2, 3]
    assert drawn["sm_scale"] == 0.5
    assert drawn["q"].shape == (2, 2, 4)
    assert np.array_equal(given.drawn(3)["q"], given.drawn(3)["q"])
    with pytest.raises(ValueError, match=r"keys == rows \+ 1 does not hold"):
        given.at({"keys": 7})


def test_right_and_wrong(files: Any) -> None:
    new, stated, work = files(solution(SOLVED))
    assert judge(open_problem(new, stated, workload=work), sizes=False).ok
    new, stated, work = files(solution(SOLVED.replace("<", "<=")))
    assert judge(open_problem(new, stated, workload=work), sizes=False).kind == "formula"


@pytest.mark.parametrize(
    ("content", "passes", "status"),
    [
        (SOLVED, True, "PASSED"),
        (REFERENCE, False, "PASSED"),
        (SOLVED.replace("scale=sm_scale", "scale=1.01 * sm_scale"), True, "INCORRECT_NUMERICAL"),
        ("def run(q, k, v, lengths, sm_scale, out):\n    raise RuntimeError('no')\n", True, "RUNTIME_ERROR"),
        ("def run(q, k, v, lengths, sm_scale):\n    return v\n", False, "INCORRECT_SHAPE"),
        (REFERENCE.replace(".to(q.dtype)", ".double()"), False, "INCORRECT_DTYPE"),
    ],
)
def test_a_trace_has_our_verdict(content: str, passes: bool, status: str, files: Any, tmp_path: Path) -> None:
    made = [each for _, each in traces(*files(solution(content, passes=passes)))]
    write(made, tmp_path / "traces.jsonl")
    write(made, tmp_path / "traces.jsonl")
    first, second = (json.loads(line) for line in (tmp_path / "traces.jsonl").read_text(encoding="utf-8").splitlines())
    assert first == second
    assert first["workload"] == WORKLOAD["workload"]
    evaluation = first["evaluation"]
    assert evaluation["status"] == status
    assert ("correctness" in evaluation) is (status in ("PASSED", "INCORRECT_NUMERICAL"))
    assert ("performance" in evaluation) is (status == "PASSED")
    if status == "INCORRECT_NUMERICAL":
        assert evaluation["correctness"]["max_absolute_error"] > 1e-5
        assert "FAULT FOUND" in evaluation["correctness"]["extra"]["attnproof"]


def test_their_package_reads_our_traces(files: Any) -> None:
    data = pytest.importorskip("flashinfer_bench.data")
    for content in (SOLVED, SOLVED.replace("scale=sm_scale", "scale=2 * sm_scale")):
        ((_, made),) = traces(*files(solution(content)))
        assert data.Trace.model_validate(made).evaluation.status.value == made["evaluation"]["status"]


def test_their_evaluator_has_our_verdict(files: Any, tmp_path: Path) -> None:
    data = pytest.importorskip("flashinfer_bench.data")
    compile_ = pytest.importorskip("flashinfer_bench.compile")
    from attnproof.verify.formats.flashinfer_bench.evaluator import evaluator

    stated = data.Definition.model_validate(DEFINITION)
    given = [torch.randn(2, 2, 4), torch.randn(2, 3, 4), torch.randn(2, 3, 4), torch.tensor([2, 3]), 0.5]
    for content, right in ((SOLVED, True), (SOLVED.replace("<", "<="), False)):
        runnable = compile_.BuilderRegistry.get_instance().build(
            stated, data.Solution.model_validate(solution(content))
        )
        log = tmp_path / "log"
        log.write_text("", encoding="utf-8")
        found, failed = evaluator().check_correctness(stated, runnable, [given], [], None, str(log), "cpu")
        assert (failed is None) is right
        assert right or failed.status.value == "INCORRECT_NUMERICAL"
        assert found is not None


@pytest.mark.parametrize(
    ("proposed", "stated", "said"),
    [
        ("{", DEFINITION, "solution.json: no JSON"),
        (solution(SOLVED), {**DEFINITION, "outputs": {}}, r"definition.json: no Definition: \$.outputs"),
        (solution(SOLVED, definition="other"), DEFINITION, "solves other; .* defines attend_d4"),
        (solution("x = 1"), DEFINITION, "main.py has no function 'run'"),
        (solution("def run(:"), DEFINITION, "main.py is no Python"),
        (solution("import nowhere_at_all\ndef run(): ..."), DEFINITION, "raised ModuleNotFoundError"),
        (
            {**solution(SOLVED), "spec": {"language": "cuda", "entry_point": "a.cu::run"}},
            DEFINITION,
            "a solution in cuda; those in python are run here",
        ),
        (
            solution(SOLVED),
            {**DEFINITION, "inputs": {"q": {"shape": ["d"], "dtype": "float8_e5m2"}}},
            "q is float8_e5m2, a format that is not read",
        ),
        (
            solution(SOLVED),
            {**DEFINITION, "inputs": {"q": {"shape": ["e"], "dtype": "float32"}}},
            "q has an axis 'e'",
        ),
        (solution(SOLVED), {**DEFINITION, "constraints": ["keys =="]}, "is no expression"),
    ],
)
def test_bad_files(proposed: Any, stated: Any, said: str, files: Any) -> None:
    new, reference, _ = files(proposed, stated)
    with pytest.raises(ValueError, match=said) as raised:
        open_problem(new, reference, "flashinfer_bench")
    assert len(str(raised.value).splitlines()) == 1
