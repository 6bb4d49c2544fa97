"""One claim as text for a terminal: the fields of its section in the report, formulas as plain text or as LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from textwrap import fill, indent
from typing import Any, Final

from attnproof.reports.commands.unicode_math import formula, prose
from attnproof.reports.words import word

_WIDTH: Final = 100
_INSET: Final = "  "


def claim_text(
    claim: Mapping[str, Any], lemmas: Sequence[Mapping[str, Any]] = (), *, measured: bool = False, latex: bool = False
) -> str:
    """The claim (an object of ``claims.json``) as lines of text; what it does not have is left out.

    lemmas    objects of ``claims.json`` for the lemmas that the claim rests on; others are called by their names
    measured  whether a run measures something for this claim alone
    latex     formulas as their source instead of Unicode text
    """
    if not latex:
        claim, lemmas = (
            _readable(claim),
            [lemma | {"statement": prose(lemma["statement"])} for lemma in map(dict, lemmas)],
        )
    status = word(claim["verdict"])
    blocks = [
        f"{claim['id']}  {claim['title']}",
        _field("Usually said", claim["usual"]),
        _field("Actually true", claim["statement"]),
        f"Verdict: {status.mark} {claim['verdict']} ({status.meaning})",
        _field("Why this verdict", claim["reason"]),
        _list("Assumptions", _typed(claim)),
        _list(
            "Formally (attnproof claim --as coq)",
            [f"{p['title']}: {p['found']}" for p in claim.get("propositions", ())],
        ),
        _list("Of the statement these do not say", claim.get("outside") or ()),
        _proof(claim["steps"]),
        _list("Rests on the lemmas", [_lemma(name, lemmas) for name in claim.get("lemmas", ())]),
        _altered(claim.get("altered", ())),
        _lines("Case by case", map(_case, claim["cells"])),
        _lines("Counterexample to paste and run", (claim["counterexample"] or "").splitlines()),
        _lines("Evidence", _evidence(claim, measured=measured)),
        _lines("Drawn in the report", (f"figure: {figure['title']}" for figure in claim.get("figures", ()))),
        _list("References", claim["references"]),
    ]
    return "\n\n".join(block for block in blocks if block)


_PROSE: Final = ("title", "usual", "statement", "reason", "what", "rule", "value", "margin")
_LISTS: Final = ("assumptions", "outside", "references")


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of ``claims.json`` with every formula as Unicode text; code stays what it is."""
    found = dict(row)
    for name, value in row.items():
        read: Callable[[str], str] = formula if name in ("before", "after") else prose
        if isinstance(value, str) and name in (*_PROSE, "before", "after"):
            found[name] = read(value)
        elif name in _LISTS:
            found[name] = [prose(each) for each in value or ()]
        elif isinstance(value, list | tuple) and name in ("steps", "altered", "evidence", "figures", "cells"):
            found[name] = [_readable(each) for each in value]
    return found


def _typed(claim: Mapping[str, Any]) -> list[str]:
    """The assumptions, each with what it is about."""
    kinds = claim.get("kinds") or [""] * len(claim["assumptions"])
    return [f"{text} ({kind})" if kind else text for text, kind in zip(claim["assumptions"], kinds, strict=True)]


def _wrapped(text: str, first: str, rest: str) -> str:
    return fill(
        text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _field(name: str, text: str | None) -> str:
    return f"{name}:\n{_wrapped(text, _INSET, _INSET)}" if text else ""


def _list(name: str, items: Sequence[str]) -> str:
    return "\n".join([f"{name}:", *(_wrapped(item, "  - ", "    ") for item in items)]) if items else ""


def _lines(name: str, lines: Iterable[str]) -> str:
    """Lines that must stay as they are: code, formulas, cases."""
    text = "\n".join(lines)
    return f"{name}:\n{indent(text, _INSET)}" if text else ""


def _proof(steps: Sequence[Mapping[str, Any]]) -> str:
    if not steps:
        return ""
    failed = sum(not step["holds"] for step in steps)
    cited = sum(step.get("by") == "Cited" for step in steps)
    redone = f"{cited} cited, the others re-done by machine" if cited else "each re-done by machine"
    found = f"{failed} of them not checking" if failed else redone
    lines = [f"Proof ({len(steps)} {'step' if len(steps) == 1 else 'steps'}, {found}):"]
    for number, step in enumerate(steps, start=1):
        cites = step.get("by") == "Cited"
        mark = "§ cited, not proved here:" if cites else "✓" if step["holds"] else "✗ does not check:"
        refutes = " [refutes the usual statement]" if step.get("refutes") else ""
        by = f" [by {', '.join(step['lemmas'])}]" if step.get("lemmas") else ""
        lines.append(_wrapped(f"{mark} {step['rule']}{by}{refutes}", f"{number:3}. ", "     "))
        sides = [side for side in (step["before"], step["after"]) if side]
        lines.append(_wrapped(" → ".join(sides), "     ", "       "))
    return "\n".join(lines)


def _lemma(name: str, lemmas: Sequence[Mapping[str, Any]]) -> str:
    known = next((lemma for lemma in lemmas if lemma["name"] == name), None)
    if known is None:
        return name
    formally = {each["found"]: None for each in known.get("propositions", ())}  # the same of each
    said = "".join(f" (formally {found})" for found in formally)
    return f"{name}, {word(known['verdict']).mark} {known['verdict']}: {known['statement']}{said}"


def _altered(items: Sequence[Mapping[str, Any]]) -> str:
    passed = sum(not item["rejected"] for item in items)
    found = (
        f"The same checks must reject, and {passed} of {len(items)} not rejected"
        if passed
        else "The same checks reject"
    )
    return _list(found, [item["what"] if item["rejected"] else f"✗ NOT rejected: {item['what']}" for item in items])


def _case(cell: Mapping[str, Any]) -> str:
    """One encoding and score, by ranking and by one threshold; the weights and multipliers are in the JSON."""
    bias = (", with bias" if cell["bias"] else ", no bias") if cell["score"] == "additive" else ""
    place = "both" if cell["constant"] == "both" else f"the {cell['constant']}"
    constant = "" if cell["constant"] == "none" else f", constant 1 appended to {place}"
    found = (_outcome("ranking", cell["ranking"]), _outcome("one threshold", cell["threshold"]))
    return f"{cell['features']}{constant}; {cell['score']}{bias}: {'; '.join(found)}"


def _outcome(name: str, found: Mapping[str, Any]) -> str:
    margin = f" by at least {found['margin']}" if found["verdict"] == "possible" else ""
    return f"{name} {found['verdict']}{margin}"


def _evidence(claim: Mapping[str, Any], *, measured: bool) -> Iterator[str]:
    """What a run found; without one, what a run would look at."""
    for item in claim["evidence"]:
        yield f"{item['what']}: {item['value']} ({item['grade']})"
    sources = ["measured for this claim"] if measured else []
    sources += [f"table {name}" for name in claim["tables"]] + [f"score {name}" for name in claim["scores"]]
    if sources and not claim["evidence"]:
        yield f"attnproof verify --only {claim['id']} collects it ({', '.join(sources)})"
