"""Letters, shapes and indices, and what the words of a verdict and of a grade mean, on one screen."""

from __future__ import annotations

from typing import Final

from attnproof.reports import words
from attnproof.reports.page.load import Results
from attnproof.reports.page.section import Section, fill

# (public name, letter in LaTeX, shape in LaTeX, what it is in a few words). Leading batch dimensions are left out.
NOTATION: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("query", "q", r"(n_q, d_q)", "queries; s for a single one"),
    ("key", "k", r"(n_k, d_k)", "keys; h for a single one"),
    ("value", "V", r"(n_k, d_v)", "values"),
    ("weight", "W", r"(d_q, d_k)", "matrix of the bilinear score"),
    ("weight_query", "W_s", r"(d_a, d_q)", "additive score, for the query"),
    ("weight_key", "W_h", r"(d_a, d_k)", "additive score, for the key"),
    ("weight_concat", "W", r"(d_a, d_q + d_k)", "concat score, query first"),
    ("v", "v", r"(d_a)", "output weights of the hidden units"),
    ("bias_hidden", "b", r"(d_a)", "bias inside tanh, optional"),
    ("softcap", r"\kappa", r"()", "soft-cap, positive, optional"),
    ("bias", "B", r"(n_q, n_k)", "added to the scores; −∞ masks"),
    ("preactivation", "z", r"(n_q, n_k, d_a)", "what tanh is taken of"),
    ("scores", "e", r"(n_q, n_k)", "what the score family computes"),
    ("capped", "u", r"(n_q, n_k)", "scores after the soft-cap"),
    ("logits", "t", r"(n_q, n_k)", "after the bias, into the softmax"),
    ("weights", r"\alpha", r"(n_q, n_k)", "a fully masked row is 0"),
    ("context", "c", r"(n_q, d_v)", "the output of the layer"),
    ("grad_…", r"\bar{x}", r"\mathrm{as}\ x", r"gradient of $\sum \bar{c}\, c$ in $x$"),
)
INDICES: Final[tuple[tuple[str, str], ...]] = (
    ("i", "query position"),
    ("j, l", "key position"),
    ("r", "feature of the query"),
    ("f", "feature of the key"),
    ("a", "hidden unit"),
    ("p", "feature of the value"),
)
OTHERS: Final[tuple[tuple[str, str], ...]] = (
    (r"\kappa_m", "a cumulant of order m"),
    (r"\odot", "the product element by element"),
)


def section(results: Results) -> Section:
    """The same for every run: it depends on no result."""
    del results
    html = fill(
        "notation.html.j2",
        notation=NOTATION,
        indices=INDICES,
        others=OTHERS,
        verdicts=words.VERDICTS.values(),
        grades=words.GRADES.items(),
    )
    return Section("notation", "Notation", html)
