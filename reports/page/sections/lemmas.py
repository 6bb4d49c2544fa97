"""Drill-down: every lemma with its proof, what it rests on and what rests on it."""

from __future__ import annotations

from attnproof.reports.page.load import Results
from attnproof.reports.page.section import Section, fill
from attnproof.reports.page.sections.proofs import names, proof_parts


def section(results: Results) -> Section:
    """A table of the lemma graph, then one subsection for each lemma, anchored ``lemma-NAME``."""
    lemmas = [
        {"reason": None, "propositions": [], "outside": None}
        | proof_parts(lemma, results)
        | {
            "used_by": names([other["name"] for other in results.lemmas if _uses(other, lemma["name"])], results),
            "claims": [claim["id"] for claim in results.claims if _uses(claim, lemma["name"])],
            "uses": lemma.get("uses", ()),
        }
        for lemma in results.lemmas
    ]
    return Section("lemmas", "Lemmas", fill("lemmas.html.j2", lemmas=lemmas))


def _uses(subject: object, name: str) -> bool:
    return isinstance(subject, dict) and name in subject.get("lemmas", ())
