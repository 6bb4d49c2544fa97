"""What a score family is."""

from __future__ import annotations

from dataclasses import dataclass

from attnproof.derivations.language.system import System


@dataclass(frozen=True)
class ScoreFamily:
    """A way to score keys against queries.

    name        ``dot``, ``additive`` ...
    title       how a reader calls it
    system      inputs ``query``, ``key``, parameters; output ``scores`` of shape (n_q, n_k)
    domain      what the inputs may be
    source      literature
    normaliser  what makes weights of the logits (``attnproof.derivations.scores.following``)
    post        what is made of the context (``attnproof.derivations.scores.post``); empty: nothing
    """

    name: str
    title: str
    system: System
    domain: str
    source: str
    normaliser: str = "softmax"
    post: str = ""
