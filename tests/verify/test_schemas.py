"""What a run writes is what its schemas say."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jsonschema
import pytest

from attnproof import verify
from attnproof.verify.options import Options
from attnproof.verify.run.plan import plan
from attnproof.verify.run.runner import run

SCHEMAS = Path(next(iter(verify.__path__))) / "schemas"
OPTIONS = Options(profile="quick", scores=("dot",), dtypes=("fp32", "bf16"), claims=("S1", "B1", "X2", "T4"))


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out"
    units = plan(OPTIONS, ("claims", "checks"))
    with ThreadPoolExecutor(1) as executor:
        summary = run(OPTIONS, out, executor, progress=lambda done: None, units=units, finish=lambda folder: None)
    assert summary.ok, summary.failures
    return out


def test_results(folder: Path) -> None:
    check = validator("results")
    rows = [json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        check.validate(row)
    assert {row["outcome"] for row in rows} >= {"pass", "skipped", "unsupported"}
    assert len({row["id"] for row in rows}) == len(rows)


def test_claims(folder: Path) -> None:
    content = json.loads((folder / "claims.json").read_text(encoding="utf-8"))
    validator("claims").validate(content)
    assert [claim["id"] for claim in content["claims"]] == list(OPTIONS.claims or ())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcome": "fine"}, "fine"),
        ({"reason": "but why"}, "is not of type 'null'"),
        ({"extra": 1}, "extra"),
        ({"ratio": "big"}, "big"),
        ({"quantity": "grad"}, "grad"),
    ],
)
def test_the_schema_rejects_a_wrong_line(folder: Path, change: dict[str, object], message: str) -> None:
    lines = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    row = next(found for found in map(json.loads, lines) if found["outcome"] == "pass")
    with pytest.raises(jsonschema.ValidationError, match=message):
        validator("results").validate({**row, **change})
