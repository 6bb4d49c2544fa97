"""``attnproof read``: what it prints, exit status, one line for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import attnproof
from attnproof.reports.commands.main import main
from attnproof.verify.checking import reading
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.lifted import found_in, loaded

SOURCE = """
import math
import sys
import torch

def right(query, key, value):
    return (query @ key.mT / math.sqrt(query.shape[-1])).softmax(-1) @ value

def wrong(query, key, value):
    return (query @ key.mT / query.shape[-1]).softmax(-1) @ value

def other_names(*, q, keys, values):
    b, n, h, d = q.shape
    q, k, v = (x.transpose(1, 2) for x in (q, keys, values))
    return torch.nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2)

class Luong(torch.nn.Module):
    def __init__(self, d_q, d_k, d_v):
        super().__init__()
        self.W = torch.nn.Linear(d_k, d_q, bias=False)
        self.out = torch.nn.Linear(d_q + d_v, d_v)

    def forward(self, query, key, value):
        weights = torch.softmax(query @ self.W(key).mT, -1)
        return torch.tanh(self.out(torch.cat([weights @ value, query], -1)))

class Flat(torch.autograd.Function):
    @staticmethod
    def forward(ctx, scores):
        return scores.softmax(-1)

    @staticmethod
    def backward(ctx, seed):
        return seed.sort(-1).values

def unread(query, key, value):
    return Flat.apply(query @ key.mT) @ value

def raises(query, key, value):
    raise RuntimeError("no kernel\\nfor this")

def ends(query, key, value):
    sys.exit(1)

class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no message")

def mute(query, key, value):
    raise Mute

def silent(query, key, value):
    raise MemoryError

def nothing(query, key, value):
    return None

def complex_numbers(query, key, value):
    return right(query, key, value).to(torch.complex128)

def detached(query, key, value):
    return right(query, key, value).detach()

def whole(query, key, value):
    return right(query, key, value).long()
"""


def in_process(declared: Declaration, score: str | None, limit: float) -> reading.Reading:
    return found_in(loaded(declared, score), score)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder with the programs; in this process, which takes a tenth of the time."""
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(reading, "isolated", in_process)


def test_what_is_right_is_printed_and_proved(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "mine.py:right", "--score", "scaled_dot"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "mine.py:right",
        "",
        "    e[i,j] = (1 / √d) Σ_r q[i,r] k[j,r]",
        "    α[i,j] = exp(e[i,j]) / Σ_l exp(e[i,l])",
        "    c[i,p] = Σ_j α[i,j] V[j,p]",
        "",
        "context: scaled_dot: proved equal at every size where the code runs as at the two it was read at",
        "gradients of query, key, value: proved equal at every size where the code runs as at the two it was read at",
    ]


def test_what_is_wrong_is_printed_with_the_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "mine.py:wrong", "--score", "scaled_dot"]) == 1
    assert "scores: q·k / d; scaled_dot: q·k / √d" in capsys.readouterr().out
    assert main(["read", "mine.py:wrong"]) == 0, "nothing was claimed"


def test_a_gradient_that_cannot_be_read_is_not_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "mine.py:unread", "--score", "dot"]) == 3
    out = capsys.readouterr().out
    assert "context: dot: proved equal" in out
    assert "grad.query cannot be lifted here" in out


def test_latex_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "mine.py:right", "--latex", "--no-gradients"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == r"e_{ij} = \frac{1}{\sqrt{d}} \, \sum_{r<d} q_{ir} \, k_{jr}"
    assert main(["read", "mine.py:wrong", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "attnproof.read/1"
    assert (found["verdict"], found["score"], found["equal"]) == ("different", "dot", False)
    assert [equation["tensor"] for equation in found["equations"]] == ["scores", "weights", "context"]


REAL = "expected real floating-point numbers"
NO_GRADIENTS = "it gave no answer: context has no gradients (detached, or whole numbers); --no-gradients asks for none"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mute", "it raised Mute: (its message raised RuntimeError)"),
        ("silent", "it raised MemoryError"),
        ("nothing", "it gave no answer: context is NoneType; expected a torch tensor"),
        (
            "complex_numbers",
            "it returned context as a tensor of torch.complex128; expected real floating-point numbers",
        ),
        ("detached", NO_GRADIENTS),
        ("whole", NO_GRADIENTS),
    ],
)
def test_what_is_no_answer_is_told_in_a_line(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", f"mine.py:{name}"]) == 3
    assert capsys.readouterr().err == f"attnproof: mine.py:{name} cannot be read: {words}\n"


def test_only_modules_have_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "mine.py:right", "--parameter", "W=0"]) == 2
    assert capsys.readouterr().err == (
        "attnproof: error: target 'mine.py:right' is function; only a torch module has parameters to be mapped\n"
    )


def test_layouts_and_arguments_are_those_of_check(capsys: pytest.CaptureFixture[str]) -> None:
    layout = "query=b q h d, key=b k h d, value=b k h v, context=b q h v"
    names = ["--argument", "query=q", "--argument", "key=keys", "--argument", "value=values"]
    assert main(["read", "mine.py:other_names", "--score", "scaled_dot", "--layout", layout, *names]) == 0
    assert "proved equal" in capsys.readouterr().out


def test_a_module_is_built_and_its_parameters_mapped(capsys: pytest.CaptureFixture[str]) -> None:
    build = ["--build", "d_q=d_q, d_k=d_k, d_v=d_v", "--parameter", "W.weight=weight"]
    assert main(["read", "mine.py:Luong", *build]) == 0
    out = capsys.readouterr().out
    assert "weights · value, then tanh(" in out
    assert "o[i,p] = tanh(Σ_u c[i,u] T_2[p,u] + Σ_r q[i,r] T_2[p,d_v + r] + T[p])" in out


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["mine.py:absent"], 2, "mine.py has no 'absent'"),
        (["mine.py:right", "--score", "dott"], 2, "did you mean dot?"),
        (["mine.py:right", "--takes", "window"], 2, "'window' is not one of them"),
        (["mine.py:right", "--framework", "arrays"], 2, "the framework is 'arrays'"),
        (["mine.py:right", "--latex", "--json"], 2, "not allowed with"),
        (["mine.py:raises"], 3, "mine.py:raises cannot be read: it raised RuntimeError: no kernel\n"),
        (["mine.py:ends", "--score", "dot"], 3, "mine.py:ends cannot be read: it raised SystemExit: 1"),
    ],
)
def test_what_cannot_be_read_costs_one_line(
    words: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        found = main(["read", *words])
    except SystemExit as ended:  # argparse's own
        found = int(str(ended.code))
    said = capsys.readouterr()
    assert found == status
    assert says in said.err
    assert len(said.err.splitlines()) == 1
    assert not said.out


def test_in_python() -> None:
    def mine(query, key, value):  # type: ignore[no-untyped-def]
        return (query @ key.mT).softmax(-1) @ value

    found = attnproof.read(mine)
    assert (found.score, found.equal) == ("dot", True)
    assert found.latex().count("\n") == 2
