"""Programs of user scores: where they come from, what they compute, what they refuse."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sympy import Rational

from attnproof.derivations.scores.own import pinned
from attnproof.impl.codegen import own
from attnproof.impl.codegen.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
COSINE = f"{EXAMPLES / 'cosine.py'}:cosine"
POWERS = """
from sympy import Rational
from attnproof.derivations.language.notation import D, I, J, R
from attnproof.derivations.scores.own import score
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY_SHARED as K, QUERY_SHARED as Q, SCORES
dot = total(Q[I, R] * K[J, R], (R, D))
powers = score("powers", [Q, K], [Equation(SCORES, (I, J), dot ** Rational({exponent!r}))])
"""


def inputs(**more: np.ndarray) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {name: rng.uniform(0.5, 2.0, shape) for name, shape in (("query", (2, 4)), ("key", (3, 4)))} | more


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_written_into_the_repository(target: str) -> None:
    def tree() -> list[Path]:
        return sorted(path for path in (ROOT / "impl").rglob("*.py"))

    before = tree()
    module = own.program(target, COSINE)
    assert tree() == before
    assert module.__file__ is not None
    path = Path(module.__file__)
    assert ROOT not in path.parents
    assert path.read_text(encoding="utf-8") == own.source(target, COSINE)
    assert own.program(target, pinned(COSINE)) is module
    assert "Generated from ``cosine.py:cosine``" in own.source(target, COSINE)
    assert str(ROOT) not in own.source(target, COSINE)


def test_the_folder_is_gone_when_the_process_is() -> None:
    code = f"from attnproof.impl.codegen import own; print(own.program('numpy', {COSINE!r}).__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    path = Path(done.stdout.strip())
    assert path.name == "cosine.py"
    assert not path.exists()
    assert not path.parents[2].exists()


def test_an_unknown_target() -> None:
    with pytest.raises(KeyError, match="unknown target 'fortran'; known targets: numpy, torch"):
        own.source("fortran", COSINE)


def test_the_cosine_is_the_cosine_and_refuses_what_is_outside_its_domain() -> None:
    given = inputs(temperature=np.asarray(0.25))
    found = own.program("numpy", COSINE).scores(**given)
    tensors = {name: torch.from_numpy(array) for name, array in given.items()}
    expected = torch.nn.functional.cosine_similarity(tensors["query"][:, None], tensors["key"][None], dim=-1) / 0.25
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-14)
    np.testing.assert_allclose(own.program("torch", COSINE).scores(**tensors), expected.numpy(), rtol=1e-14)
    for target, wrong in (("numpy", np.asarray(-1.0)), ("torch", torch.tensor(-1.0, dtype=torch.float64))):
        arrays = given if target == "numpy" else tensors
        with pytest.raises(ValueError, match="temperature must be a finite number > 0"):
            own.program(target, COSINE).scores(**{**arrays, "temperature": wrong})


def test_the_torch_program_is_differentiable_to_second_order() -> None:
    tensors = {name: torch.from_numpy(array).requires_grad_() for name, array in inputs().items()}
    tau = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    scores = own.program("torch", COSINE).scores
    assert torch.autograd.gradcheck(scores, (*tensors.values(), tau))
    assert torch.autograd.gradgradcheck(scores, (*tensors.values(), tau))


@pytest.mark.parametrize("exponent", ["3", "5", "4", "1/2", "3/2", "5/2", "-1", "-1/2", "-3/2", "-3"])
def test_powers_are_products_and_roots(exponent: str, tmp_path: Path) -> None:
    file = tmp_path / "powers.py"
    file.write_text(POWERS.format(exponent=exponent), encoding="utf-8")
    given = inputs()
    for target in ("numpy", "torch"):
        assert (
            "pow" not in own.source(target, f"{file}:powers").split("def scores(")[1].split('"""')[2].split("def ")[0]
        )
    found = own.program("numpy", f"{file}:powers").scores(**given)
    expected = (given["query"] @ given["key"].T) ** float(Rational(exponent))
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_names_that_are_too_long_for_a_line_of_two_of_their_parts(tmp_path: Path) -> None:
    file = tmp_path / "normed.py"
    file.write_text(
        POWERS.format(exponent="1").partition("powers = ")[0]
        + "below = total(Q[I, R] ** 2 + K[J, R] ** 2, (R, D)) ** Rational(3, 2)\n"
        + 'normed = score("normed", [Q, K], [Equation(SCORES, (I, J), dot / below)])\n',
        encoding="utf-8",
    )
    text = own.source("numpy", f"{file}:normed").replace('"""', "")
    assert "long_part_1 = " in text
    given = inputs()
    length = np.sum(given["query"] ** 2, axis=-1)[:, None] + np.sum(given["key"] ** 2, axis=-1)
    found = own.program("numpy", f"{file}:normed").scores(**given)
    np.testing.assert_allclose(found, given["query"] @ given["key"].T / length**1.5, rtol=1e-14)
