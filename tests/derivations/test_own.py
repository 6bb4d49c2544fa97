"""User scores: loading, re-checks, and mistakes, each with an error that points at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from attnproof.derivations.attention.derive import derive, option_sets
from attnproof.derivations.attention.whole import attention
from attnproof.derivations.recheck.planted import plant
from attnproof.derivations.recheck.recheck import EXACT_SIZES, random_point, recheck_derivation
from attnproof.derivations.scores.own import family, label, load_score, pinned, unpinned
from attnproof.derivations.typesetting.latex import equation_text

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
NAMES = ("cosine", "gatv2", "scaled_additive")

HEAD = """
from sympy import Float, Function, Rational, log, sqrt
from attnproof.derivations.language.notation import *
from attnproof.derivations.scores.own import intermediate, parameter, score
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import *

TAU = parameter("temperature", "tau", positive=True)
H = intermediate("helper", "h", N_Q, N_K)
G = intermediate("other", "g", N_Q, N_K)
Q, K = QUERY_SHARED, KEY_SHARED
dot = total(Q[I, R] * K[J, R], (R, D))
def mine(*equations, inputs=(Q, K), **more):
    return score("mine", inputs, equations, **more)
"""


def spec(folder: Path, line: str) -> str:
    """A file with the usual names and one line of its own."""
    file = folder / "my_score.py"
    file.write_text(HEAD + line + "\n", encoding="utf-8")
    return f"{file}:s"


@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_of_the_examples_is_rechecked_and_planted_errors_are_rejected(name: str) -> None:
    given = f"{EXAMPLES / name}.py:{name}"
    for present in option_sets(given):
        found = derive(given, *present)
        rows = recheck_derivation(found, quick=True, second=False)
        assert {row.quantity for row in rows} == {f"grad_{tensor.name}" for tensor in found.forward.inputs}
        assert all(row.holds for row in rows)
        roads = {"enclosed"} if name == "cosine" else {"exact"} if present else {"exact", "scalar"}
        assert {row.road for row in rows} == roads | {"ring"}
    if name == "cosine":  # real functions saturate at large arguments, and everything would agree
        point = random_point(found.forward, found.adjoint, ("context",), EXACT_SIZES[0])
        assert all(abs(value) <= 2 for t in found.forward.inputs for value in point.values[t.name].values())
    planted = plant(found.forward, found.adjoint)
    assert len(planted) > 50
    assert all(row.rejected for row in planted)


def test_the_gradients_have_their_textbook_forms() -> None:
    def right_sides(name: str) -> dict[str, str]:
        equations = derive(f"{EXAMPLES / name}.py:{name}").adjoint.equations
        return {e.target.name: equation_text(e).partition(" = ")[2].replace("\u0304", "\u00af") for e in equations}

    assert right_sides("gatv2")["grad_preactivation"] == "e¯[i,j] v[a] (1 / 5 + 4 step(z[i,j,a]) / 5)"
    cosine = right_sides("cosine")
    assert cosine["grad_query"] == "((1 / τ) Σ_j e¯[i,j] k[j,r] / m[j] + n¯[i] q[i,r]) / n[i]"
    assert cosine["grad_temperature"] == "-(1 / τ) Σ_i,j e[i,j] e¯[i,j]"


def test_a_name_with_digest_is_the_same_score_everywhere_and_nothing_else(tmp_path: Path) -> None:
    given = spec(tmp_path, "s = mine(Equation(SCORES, (I, J), dot))")
    name = pinned(given)
    assert name.startswith(f"{given}#")
    assert pinned(name) == name
    assert unpinned(name) == given
    assert unpinned("dot") == pinned("dot") == "dot"
    assert label(name) == "mine"
    assert attention(name) == attention(given)
    assert load_score(given) is family(name)
    other = pinned(spec(tmp_path, "s = mine(Equation(SCORES, (I, J), 2 * dot))"))
    assert other != name
    assert attention(other) != attention(name)  # loaded before, so kept under its digest
    with pytest.raises(ValueError, match="the file has changed since the run began"):
        load_score(f"{given}#0123456789ab")


def test_a_file_is_loaded_without_writing_anything(tmp_path: Path) -> None:
    load_score(spec(tmp_path, "s = mine(Equation(SCORES, (I, J), dot))"))
    assert [path.name for path in tmp_path.iterdir()] == ["my_score.py"]


E1 = "s = mine(Equation(SCORES, (I, J), {}))"
MISTAKES = {
    "unbound index": (E1.format("total(Q[I, R] * K[L, R], (R, D))"), "index l in k[l, r] is not bound", "e[i, j] = "),
    "clashing sizes": (
        "s = mine(Equation(SCORES, (I, J), total(QUERY[I, R] * KEY[J, R], (R, D_Q))), inputs=(QUERY, KEY))",
        "index r in k[j, r] runs to d_q, the axis has the size d_k",
        "e[i, j] = ",
    ),
    "unknown function": (
        E1.format("Function('gauss')(dot)"),
        "unknown function gauss; known: exp, tanh, relu, step",
        "e[i, j] = ",
    ),
    "function without rules": (E1.format("log(dot)"), "unknown function log", "e[i, j] = "),
    "unknown tensor": (E1.format("dot + H[I, J]"), "h[i, j] is not an element of a known tensor", "e[i, j] = "),
    "unknown scalar": (
        E1.format("dot / TAU[()]"),
        "tau is neither a tensor nor a size nor a bound index",
        "e[i, j] = ",
    ),
    "duplicate target": (
        "s = mine(Equation(SCORES, (I, J), dot), Equation(SCORES, (I, J), 2 * dot))",
        "e[i, j] is defined twice",
        "e[i, j] = 2*Sum",
    ),
    "equation for an input": (
        "s = mine(Equation(Q, (I, R), 2 * Q[I, R]), Equation(SCORES, (I, J), dot))",
        "q[i, r] is an input",
        "q[i, r] = ",
    ),
    "cyclic definition": (
        "s = mine(Equation(H, (I, J), dot + G[I, J]), Equation(G, (I, J), H[I, J]), Equation(SCORES, (I, J), H[I, J]))",
        "cyclic definition: helper → other → helper",
        "h[i, j] = ",
    ),
    "own definition": (E1.format("dot + SCORES[I, J]"), "cyclic definition: scores → scores", "e[i, j] = "),
    "late definition": (
        "s = mine(Equation(H, (I, J), G[I, J]), Equation(G, (I, J), dot), Equation(SCORES, (I, J), H[I, J]))",
        "g[i, j] is used before it is defined",
        "h[i, j] = g[i, j]",
    ),
    "rounded number": (E1.format("0.2 * dot"), "0.2", "e[i, j] = "),
    "third root": (E1.format("dot ** Rational(1, 3)"), "exponents are integers and halves of integers", "e[i, j] = "),
    "wrong output": (
        "s = mine(Equation(H, (I, J), dot))",
        "the last equation has to define SCORES[I, J]",
        "h[i, j] = ",
    ),
    "unused input": (
        "s = mine(Equation(SCORES, (I, J), dot), inputs=(Q, K, TAU))",
        "no equation uses the input 'temperature'",
        "my_score.py:s: ",
    ),
    "name of the layer": (
        "B = parameter('bias', 'b')\ns = mine(Equation(SCORES, (I, J), dot + B[()]), inputs=(Q, K, B))",
        "tensor 'bias': the name is taken",
        "my_score.py:s: ",
    ),
    "letter of the layer": (
        "X = parameter('shift', 'kappa')\ns = mine(Equation(SCORES, (I, J), dot + X[()]), inputs=(Q, K, X))",
        "two different tensors have the letter 'kappa'",
        "my_score.py:s: ",
    ),
    "unknown size": (
        "X = parameter('shift', 'x', size('m'))\ns = mine(Equation(SCORES, (I, J), dot), inputs=(Q, K, X))",
        "unknown size m; a score has the sizes d, d_a, d_k, d_q, n_k, n_q",
        "my_score.py:s: ",
    ),
    "positive": (
        "X = parameter('shift', 'x', D_A, positive=True)\ns = mine(Equation(SCORES, (I, J), dot), inputs=(Q, K, X))",
        "tensor 'shift': only scalar parameters are checked to be positive",
        "my_score.py:s: ",
    ),
    "taken name": (
        "s = score('dot', [Q, K], [Equation(SCORES, (I, J), dot)])",
        "that of a built-in score",
        "my_score.py:s: ",
    ),
    "wrong number of indices": (
        "s = mine(Equation(SCORES, (I, J), Q[I]))",
        "tensor 'query' has 2 axes",
        "my_score.py:15: ",
    ),
    "unknown name": (
        "s = mine(Equation(SCORES, (I, J), norm(dot)))",
        "NameError: name 'norm' is not defined",
        "in s = mine(",
    ),
    "syntax": ("s = mine(Equation(SCORES, (I, J), dot)", "was never closed", "my_score.py:15: "),
    "ends the program": ("raise SystemExit('over')", "SystemExit: over", "my_score.py:15: "),
    "no score": ("s = 3", "s is a int, not a score; scores in the file: none", "my_score.py: "),
    "no attribute": ("t = mine(Equation(SCORES, (I, J), dot))", "no 's'; scores in the file: t", "my_score.py: "),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_is_refused_with_an_error_that_points_at_it(kind: str, tmp_path: Path) -> None:
    line, what, where = MISTAKES[kind]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is looked at below
        load_score(spec(tmp_path, line))
    message = str(caught.value)
    assert "my_score.py" in message
    assert what in message
    assert where in message
    assert "\n" not in message


def test_a_missing_file_and_a_name_that_names_nothing() -> None:
    with pytest.raises(ValueError, match=r"nowhere\.py: cannot be read: No such file"):
        load_score("nowhere.py:s")
    with pytest.raises(ValueError, match=r"'my_score\.py:' names no score; expected file\.py:name"):
        load_score("my_score.py:")
    with pytest.raises(KeyError, match=r"unknown score 'cosine'; known scores: dot, .* or file\.py:name"):
        attention("cosine")


def planted(given: str) -> list[tuple[str, bool]]:
    found = derive(given, "softcap", "bias")
    return [(row.name, row.rejected) for row in plant(found.forward, found.adjoint)]


def test_planted_errors_behind_a_relu_that_is_often_zero_are_rejected(tmp_path: Path) -> None:
    features = "total(relu(Q[I, R]) * relu(K[J, R]), (R, D))"
    line = f"from attnproof.derivations.language.piecewise import relu\ns = mine(Equation(SCORES, (I, J), {features}))"
    found = planted(spec(tmp_path, line))
    assert "k̄[j,r]: transposed k[j,r]".replace("k̄", "k\u0304") in [name for name, _ in found]
    assert all(rejected for _, rejected in found)


def test_an_alteration_that_is_no_error_is_not_planted(tmp_path: Path) -> None:
    """The gradient of a shift is Σ_ij ē[i,j], and so is Σ_ij ē[j,i] at equal sizes."""
    line = "s = mine(Equation(SCORES, (I, J), dot + TAU[()]), inputs=(Q, K, TAU))"
    found = planted(spec(tmp_path, line))
    assert all(rejected for _, rejected in found)
    shift = [name for name, _ in found if name.startswith("τ\u0304")]
    assert any("wrong sign" in name for name in shift)
    assert not any("transposed" in name for name in shift)
