"""How to read the page: outcomes, verdicts, grades, notation, statistics, files."""

from __future__ import annotations

from typing import Final

from reports import words
from reports.page.load import Results
from reports.page.section import Section, fill
from reports.page.sections.verdicts import UNDECIDED

# (public name, letter in LaTeX, shape in LaTeX, what it is). Leading batch dimensions are left out.
NOTATION: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("query", "q", r"(n_q, d_q)", "queries; dot scores have one width d for queries and keys"),
    ("key", "k", r"(n_k, d_k)", "keys"),
    ("value", "V", r"(n_k, d_v)", "values"),
    ("weight", "W", r"(d_q, d_k)", "the bilinear score's matrix"),
    ("weight_query", "W_s", r"(d_a, d_q)", "the additive score's matrix for the query"),
    ("weight_key", "W_h", r"(d_a, d_k)", "the additive score's matrix for the key"),
    ("weight_concat", "W", r"(d_a, d_q + d_k)", "the concat score's matrix, the query's columns first"),
    ("v", "v", r"(d_a)", "output weights of the additive and the concat score"),
    ("bias_hidden", "b", r"(d_a)", "bias inside tanh, optional"),
    ("softcap", r"\kappa", r"()", "soft-cap, a positive number, optional"),
    ("bias", "B", r"(n_q, n_k)", "bias added to the scores, optional; minus infinity masks"),
    ("preactivation", "z", r"(n_q, n_k, d_a)", "what tanh is taken of in the additive and the concat score"),
    ("scores", "e", r"(n_q, n_k)", "what the score family computes"),
    ("capped", "u", r"(n_q, n_k)", "scores after the soft-cap"),
    ("logits", "t", r"(n_q, n_k)", "scores after the bias: what the softmax is taken of"),
    ("weights", r"\alpha", r"(n_q, n_k)", "attention weights; a fully masked row is 0"),
    ("context", "c", r"(n_q, d_v)", "the layer's output"),
    ("grad_…", r"\bar{x}", r"\mathrm{as}\ x", "the gradient of the sum of grad_context times context"),
)
INDICES: Final[tuple[tuple[str, str], ...]] = (
    ("i", "query position"),
    ("j, l", "key position"),
    ("r", "feature of the query"),
    ("f", "feature of the key"),
    ("a", "hidden unit"),
    ("p", "feature of the value"),
)


def section(results: Results) -> Section:
    """Notes on the method."""
    alarm = results.run.get("false_alarm") or {}
    html = fill(
        "method.html.j2",
        outcomes=words.OUTCOMES.values(),
        verdicts=words.VERDICTS.values(),
        grades=words.GRADES.items(),
        notation=NOTATION,
        indices=INDICES,
        alarm=alarm.get("total"),
        shares=sorted((alarm.get("shares") or {}).items()),
        parts=[(name, part) for name, part in results.run["parts"].items()],
        tables=[name for name, rows in results.tables.items() if rows],
        model=bool(results.model),
        version=results.run["versions"].get("attnproof"),
        commit=results.run["commit"],
        example=next((claim for claim in results.claims if claim["verdict"] != UNDECIDED), None),
    )
    links = (
        ("outcomes", "Outcomes"),
        ("grades", "Grades"),
        ("notation", "Notation"),
        ("citing", "Citing"),
        ("files", "Files"),
    )
    return Section("method", "How to read this", html, links)
