from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attnproof.derivations.formulas import formula, names, options
from attnproof.derivations.scores import FAMILIES
from attnproof.impl.export.score import exported
from attnproof.reports.commands import main as cli


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    status = cli.main(list(words))
    found = capsys.readouterr()
    return status, found.out, found.err


def test_list_names_every_formula(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, "list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == list(names())
    assert [line.split(None, 1)[1] for line in out.splitlines()] == [formula(name).title for name in names()]
    said_options = {line.split()[2].rstrip(","): line.partition(": ")[2] for line in err.splitlines()}
    assert said_options == {score: ", ".join(options(score)) for score in FAMILIES}


def test_list_derives_nothing() -> None:
    code = (
        "import sys; from attnproof.reports.commands.main import main\n"
        "assert main(['list']) == 0 and main(['list', 'dot']) == 0; sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_list_takes_a_part_a_pattern_and_a_score_with_options(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, "list", "jacobian")
    assert [line.split()[0] for line in out.splitlines()] == ["softmax.jacobian"]
    _, out, _ = said(capsys, "list", "*.scores.adjoint.query")
    assert len(out.splitlines()) == 5
    _, out, _ = said(capsys, "list", "additive+softcap")
    assert [line.split()[0] for line in out.splitlines()] == list(names("additive", "softcap"))
    assert "additive.adjoint.softcap+softcap" in out


@pytest.mark.parametrize("form", ["latex", "mathml", "sympy"])
def test_show_prints_each_form(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = formula("additive.adjoint.query")
    wanted = {"latex": found.latex(), "mathml": found.mathml(), "sympy": found.sympy_code()}[form]
    assert said(capsys, "show", "additive.adjoint.query", "--as", form) == (0, wanted.rstrip("\n") + "\n", "")


def test_show_describes_and_shows_code(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "show", "scaled_dot.context")
    assert status == 0
    assert "    e[i,j] = (1 / √d) Σ_r q[i,r] k[j,r]" in out
    status, out, _ = said(capsys, "show", "scaled_dot.context", "--as", "torch")
    assert status == 0
    assert "def context(" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "additive.score"], "unknown formula 'additive.score'; did you mean additive.scores"),
        (["show", "claim.T5"], "claims are shown by attnproof claim T5"),
        (["show", "dot.scores+rotery"], "no option 'rotery'; options of dot: softcap, bias, rotary"),
        (
            ["show", "dot.scores", "--as", "numpi"],
            "--as: unknown form 'numpi'; expected one of text, latex, mathml, sympy, coq, numpy",
        ),
        (["show", "additive.jacobian"], "did you mean softmax.jacobian"),
        (["show", "T5"], "claims are shown by attnproof claim T5"),
        (["show", "no.py:file.scores"], "no.py: cannot be read"),
        (["list", "zzz"], "no formula's name matches 'zzz'"),
        (["list", "dot+rotery"], "unknown option 'rotery'"),
        (["export", "aditive", "--to", "torch"], "unknown score 'aditive'; expected one of dot"),
        (["export", "additive", "--to", "tourch"], "unknown target 'tourch'; expected one of numpy, torch"),
        (["export", "concat", "--to", "numba"], "numba has no program for concat; it has one for dot, scaled_dot"),
        (["export", "dot", "--to", "numpy", "-o", "none/such.py"], "the folder none does not exist"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = said(capsys, *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert not list(tmp_path.iterdir())


def test_export_writes_a_file_and_replaces_none_without_force(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "made.py"
    words = ("export", "dot", "--to", "numpy", "-o", str(path))
    status, out, err = said(capsys, *words)
    assert (status, err) == (0, "")
    assert out.startswith(f"{path}: dot for numpy, ")
    assert path.read_text(encoding="utf-8") == exported("dot", "numpy")
    path.write_text("mine", encoding="utf-8")
    status, _, err = said(capsys, *words)
    assert status == 2
    assert "made.py exists already; --force replaces it" in err
    assert path.read_text(encoding="utf-8") == "mine"
    assert said(capsys, *words, "--force")[0] == 0
    assert path.read_text(encoding="utf-8") == exported("dot", "numpy")


def test_export_prints_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "export", "dot", "--to", "numpy") == (0, exported("dot", "numpy"), "")


def test_a_reader_may_stop_reading() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "attnproof.reports.commands.main", "export", "additive", "--to", "torch"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
