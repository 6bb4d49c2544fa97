"""Every formula that the project has is rendered: claims, proofs, systems and adjoints."""

from __future__ import annotations

import pytest

from attnproof.derivations.attention.derive import derive
from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.language import tensors
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.proof.claim import Claim, Lemma
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.typesetting.latex import equation_latex
from attnproof.reports.page.mathml import formula, mathml, mixed
from attnproof.reports.page.sections.notation import NOTATION


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_rendered(name: str) -> None:
    claim = CLAIMS[name]
    check((claim.usual, claim.statement, *claim.assumptions), claim)


@pytest.mark.parametrize("name", LEMMAS)
def test_a_lemma_is_rendered(name: str) -> None:
    lemma = LEMMAS[name]
    check((lemma.title, lemma.statement, *lemma.assumptions), lemma)


def check(texts: tuple[str, ...], subject: Claim | Lemma) -> None:
    """Texts, steps and altered statements are rendered without a rest of LaTeX."""
    texts += (*(step.rule for step in subject.steps), *subject.altered)
    shown = [mixed(text) for text in texts]
    shown += [formula(side) for step in subject.steps for side in (step.before, step.after) if side]
    for html in shown:
        assert "unrendered" not in html
        assert "\\" not in html.replace('alttext="', "\0").partition("\0")[0]


@pytest.mark.parametrize("score", FAMILIES)
def test_a_derivation_is_rendered(score: str) -> None:
    found = derive(score, *(("bias_hidden",) if score == "additive" else ()), "softcap", "bias")
    for equation in (*found.forward.equations, *found.adjoint.equations):
        assert mathml(equation_latex(equation), block=True).startswith("<math")


def dimensions(shape: str) -> list[list[str]]:
    """``(d_a, d_q + d_k)`` as a list of sorted sums."""
    return [sorted(part.replace(" ", "").split("+")) for part in shape.strip("()").split(",") if part]


def test_the_notation_table_is_that_of_the_derivations() -> None:
    shapes = {name: dimensions(shape) for name, _, shape, _ in NOTATION}
    shared_width = (tensors.QUERY_SHARED, tensors.KEY_SHARED)  # said in words beside query and key
    known = [one for one in vars(tensors).values() if isinstance(one, Tensor) and one not in shared_width]
    assert len(known) > 12
    for tensor in known:
        assert tensor.name in shapes, f"{tensor.name} is missing from the notation table"
        assert shapes[tensor.name] == dimensions(",".join(map(str, tensor.shape)))
