"""Every printed sentence of the ledger is tied to what says it: ``derivations/statements/words/ID.toml``.

A record cuts what is printed of a claim (``headline``, ``statement``, of a proved one the ``readme``'s row), or of a
lemma that is stated formally (``NAME.toml``, its ``statement``), into
pieces, each with the propositions that say it; or the lemmas, claims, steps of the proof, tables, tests that do; or the
line of ``OUTSIDE`` that names it; ``frame`` where it says nothing of its own. ``elsewhere`` are numbers that the
propositions hold in another form, ``help`` propositions that the text does not print, ``read`` the digest of each when
the pieces were last read, ``proof`` that of what the steps are for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from sympy import Integer, Rational

from attnproof.derivations import statements
from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.propositions.coq import proposition
from attnproof.derivations.propositions.proposition import Every, Proposition, Size, Some, children, expressions
from attnproof.derivations.statements.words import FOLDER as WORDS
from attnproof.derivations.statements.words import record as written

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TESTS = (ROOT / "tests" / "derivations" / "test_sentences.py").read_text(encoding="utf-8")
PRINTED = ("readme", "headline", "statement")
KNOWN = {"text", "propositions", "lemmas", "claims", "steps", "outside", "tables", "tests", "frame", "elsewhere"}

NUMBER = re.compile(
    r"\\t?frac(?:\{(?P<over>\d+)\}\{(?P<under>\d+)\}|(?P<one>\d)(?P<of>\d))"
    r"|(?<![\w.^])(?P<top>\d+)/(?P<bottom>[1-9]\d*)"
    r"|(?<![\w.^])(?P<digits>\d+(?:\.\d+)?)(?P<cut>…|\\ldots)?(?P<percent> \\?%)?"
)


def record(id_: str) -> dict[str, Any]:
    """What is written of a claim or lemma, to be changed at will."""
    return deepcopy(dict(written(id_)))


@cache
def said(id_: str) -> Mapping[str, Proposition]:
    """The propositions by name."""
    return {stated.name: stated.says for stated in statements.load(id_)}


def digest(says: Proposition) -> str:
    """Of a proposition as printed for Coq."""
    return hashlib.sha256(proposition(says).encode()).hexdigest()[:12]


def pieces(words: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All of them, in order."""
    for part in PRINTED:
        yield from words.get(part, ())


def text(piece: Mapping[str, Any]) -> str:
    """A piece on one line."""
    return " ".join(piece["text"].split())


def printed(id_: str) -> dict[str, str]:
    """What a reader sees of a claim or lemma, by its part."""
    if id_ in LEMMAS:
        return {"statement": LEMMAS[id_].statement}
    claim = CLAIMS[id_]
    row = re.search(rf"^\| {id_} \|[^\n]*\| proved \| (.*?) \|$", README, re.MULTILINE)
    found = {"readme": row[1] if row else "", "headline": claim.headline, "statement": claim.statement}
    return {part: words for part, words in found.items() if words}


def not_as_printed(id_: str, words: Mapping[str, Any]) -> list[str]:
    """Parts whose pieces put together are not what is printed."""
    cut = {part: " ".join(map(text, words[part])) for part in PRINTED if part in words}
    return [part for part in PRINTED if cut.get(part) != printed(id_).get(part)]


def untied(id_: str, words: Mapping[str, Any]) -> list[str]:
    """Pieces that nothing says, or that name what there is not."""
    there = {
        "propositions": set(said(id_)),
        "lemmas": set(LEMMAS) - {id_},
        "claims": set(CLAIMS) - {id_},
        "steps": {step.rule for step in (CLAIMS[id_] if id_ in CLAIMS else LEMMAS[id_]).steps},
        "outside": set(statements.outside(id_)),
        "tables": set(CLAIMS[id_].tables) if id_ in CLAIMS else set(),
        "tests": set(re.findall(r"^def (test_\w+)", TESTS, re.MULTILINE)),
    }
    found = []
    for piece in pieces(words):
        missing = [name for kind in there for name in piece.get(kind, ()) if name not in there[kind]]
        named = any(piece.get(kind) for kind in there)
        if missing or set(piece) - KNOWN or named == piece.get("frame", False):
            found.append(f"{text(piece)}: {', '.join(missing) or 'what says it?'}")
    return found


def unsaid(id_: str, words: Mapping[str, Any]) -> list[str]:
    """Propositions and lines of OUTSIDE that no piece names; helps that are none."""
    named = {name for piece in pieces(words) for kind in ("propositions", "outside") for name in piece.get(kind, ())}
    helps = set(words.get("help", {}))
    return sorted({*said(id_), *statements.outside(id_)} - named - helps) + sorted(
        helps & named | helps - set(said(id_))
    )


def unread(id_: str, words: Mapping[str, Any]) -> list[str]:
    """Propositions that are not as they were when the pieces were read: what to read again, and what to write then."""
    found = []
    for name in {**words["read"], **said(id_)}:
        now = digest(said(id_)[name]) if name in said(id_) else None
        if words["read"].get(name) != now:
            again = " / ".join(text(piece) for piece in pieces(words) if name in piece.get("propositions", ()))
            found.append(f'{id_}: {name} changed; read again: {again or "where is it said?"}; then: {name} = "{now}"')
    return found


def numbers(words: str) -> Iterator[tuple[str, Fraction, Fraction]]:
    """Numbers of a text as it prints them, each with the least and the largest value that it is printed for.

    A decimal stands for what is rounded to it to either side or, with ``…``, cut off behind it. Whole numbers below 3
    and exponents are not looked at.
    """
    for match in NUMBER.finditer(words):
        if match["digits"] is None:
            exact = Fraction(
                int(match["over"] or match["one"] or match["top"]),
                int(match["under"] or match["of"] or match["bottom"]),
            )
            yield match[0], exact, exact
            continue
        places = len(match["digits"].partition(".")[2])
        scale = Fraction(1, 100 if match["percent"] else 1)
        value, unit = Fraction(match["digits"]) * scale, scale * Fraction(1, 10**places)
        if match["cut"]:
            yield match[0], value, value + unit
        elif places or match["percent"]:
            yield match[0], value - unit / 2, value + unit / 2
        elif value > 2:
            yield match[0], value, value


def least(says: Proposition) -> Iterator[int]:
    """The smallest values of the sizes that are bound in it."""
    if isinstance(says, Every | Some):
        yield from (binder.least for binder in says.bound if isinstance(binder, Size))
    for part in children(says):
        yield from least(part)


def held(says: Proposition) -> Iterator[Fraction]:
    """Sizes of the numbers in a proposition, with their numerators and denominators."""
    for number in {found for expr in expressions(says) for found in expr.atoms(Rational)} | set(
        map(Integer, least(says))
    ):
        top, bottom = abs(int(number.p)), int(number.q)
        yield from (Fraction(top, bottom), Fraction(top), Fraction(bottom))


def strange(id_: str, words: Mapping[str, Any]) -> list[str]:
    """Numbers of a piece that none of its propositions holds; and what is said to be elsewhere and is not."""
    found = []
    for piece in pieces(words):
        values = {value for name in piece.get("propositions", ()) for value in held(said(id_)[name])}
        missing = [
            shown for shown, low, high in numbers(text(piece)) if not any(low <= value <= high for value in values)
        ]
        if values and missing != piece.get("elsewhere", []):
            found.append(f"{text(piece)}: {missing}")
    return found


Check = Callable[[str, Mapping[str, Any]], list[str]]
CHECKS: Final[tuple[Check, ...]] = (not_as_printed, untied, unsaid, unread, strange)


@pytest.mark.parametrize("id_", statements.STATEMENTS)
def test_what_is_printed_is_said_by_propositions(id_: str) -> None:
    words = record(id_)
    assert {check.__name__: problems for check in CHECKS if (problems := check(id_, words))} == {}


def test_there_is_a_record_for_all_that_is_stated_and_for_nothing_else() -> None:
    assert {path.stem for path in WORDS.glob("*.toml")} == set(statements.STATEMENTS)


def _put(part: str, number: int, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(words: dict[str, Any]) -> None:
        words[part][number][key] = value

    return change


def _drop(part: str, number: int) -> Callable[[dict[str, Any]], None]:
    return lambda words: words[part].pop(number)


ALTERED: Final = (
    (not_as_printed, "a word changed", _put("headline", 0, "text", "Strictly in rounded arithmetic;")),
    (not_as_printed, "a piece left out", _drop("statement", 2)),
    (untied, "a name that is none", _put("statement", 1, "propositions", ["largest_bound"])),
    (untied, "said by nothing", _put("statement", 1, "propositions", [])),
    (untied, "a test that is none", _put("headline", 2, "tests", ["test_of_tanh"])),
    (untied, "called a frame although something says it", _put("statement", 1, "frame", True)),
    (unsaid, "a proposition that no piece names", _put("statement", 1, "propositions", ["attained"])),
    (unsaid, "a help that is none", lambda words: words.update(help={"attained": "named already"})),
    (unread, "a digest from before a change", lambda words: words["read"].update(attained="0" * 12)),
    (unread, "a proposition that nobody read", lambda words: words["read"].pop("attained")),
    (unread, "one that is no more", lambda words: words["read"].update(tight="0" * 12)),
    (strange, "another number", _put("headline", 1, "text", "a correctly rounded tanh is ±1 from 9.012 (fp32) on,")),
    (strange, "a number that is there after all", _put("statement", 4, "elsewhere", ["9.011"])),
)


@pytest.mark.parametrize(("check", "what", "change"), ALTERED, ids=[what for _, what, _ in ALTERED])
def test_an_altered_record_is_rejected(check: Check, what: str, change: Callable[[dict[str, Any]], None]) -> None:
    words = record("T6")
    assert check("T6", words) == []
    change(words)
    assert check("T6", words), what


def test_what_changed_is_said_in_one_line_with_what_to_read_again() -> None:
    words = record("T6")
    words["read"]["least_bound"] = "0" * 12
    now = digest(said("T6")["least_bound"])
    again = "as a function of the pre-activations nothing smaller bounds it."
    assert unread("T6", words) == [f'T6: least_bound changed; read again: {again}; then: least_bound = "{now}"']


def test_what_a_printed_number_stands_for() -> None:
    found = [
        (shown, float(low), float(high))
        for shown, low, high in numbers(r"$\tfrac{82}{45} r^4$, \tfrac12, 6/(25d), 0.4199…, 9.011 (fp32) or 4.2 %: X2")
    ]
    assert found == [
        (r"\tfrac{82}{45}", 82 / 45, 82 / 45),
        (r"\tfrac12", 0.5, 0.5),
        ("6", 6, 6),
        ("25", 25, 25),
        ("0.4199…", 0.4199, 0.42),
        ("9.011", 9.0105, 9.0115),
        ("4.2 %", 0.0415, 0.0425),
    ]
