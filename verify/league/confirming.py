"""Red cells are confirmed by a computation that shares nothing with the check: mpmath, element by element.

The smallest failing input is evaluated as the textbook has it, at 60 digits, gradients by central differences. A result
is confirmed wrong where it differs from this by more than the bound, and this agrees with what the check takes for
true; or where the check saw it change with the value of a key that the query does not see in the textbook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from mpmath import isfinite, mp, mpf, workdps

from attnproof.verify.league.textbook import Attention, Given, NotCoveredError, Place

DIGITS: Final = 60
STEP: Final = mpf(10) ** -20  # of central differences: they err by about its square
AGREES: Final = mpf(10) ** -15  # relative: the check prints what is true with 25 digits
MOVED: Final = re.compile(
    r"the value of key (\d+)(?:, masked for query \[([\d, ]*)\],)? changes "
    r"(?:its context|the context of queries that do not see it) by (\S+)"
)


class NotConfirmedError(ValueError):
    """Nothing independent shows it, and why."""


def confirmed(example: Mapping[str, Any], score: str, contract: Mapping[str, str]) -> dict[str, str]:
    """What shows that a failing example is wrong: ``got``, ``exact``, ``error``, ``bound`` as text.

    Raises NotConfirmedError where the independent computation does not reach it or does not agree with the check.
    """
    call, finding = example["call"], example["finding"]
    worst = finding["worst"]
    if call is None:
        raise NotConfirmedError("no call shows it")
    if moved := MOVED.search(finding["reason"]):
        return _weighs_nothing(call, score, contract, moved)
    # With grouped heads the check has an axis more than the call, and does not find the call again.
    if "got" not in worst or not (call["shows"] or _grouped(call, worst)):
        raise NotConfirmedError("no single element of one call shows it")
    with workdps(DIGITS):
        try:
            exact = _exact(Given(call), score, contract, finding["quantity"], tuple(worst["index"]))
        except NotCoveredError as error:
            raise NotConfirmedError(str(error)) from error
        said, got, bound = (_number(worst[name]) for name in ("exact", "got", "bound"))
        if not (isfinite(exact) and abs(exact - said) <= AGREES * max(abs(exact), abs(bound))):
            raise NotConfirmedError(f"independently computed: {mp.nstr(exact, 20)}; by the check: {worst['exact']}")
        if isfinite(got) and abs(got - exact) <= bound:
            raise NotConfirmedError("it is within the bound of what was computed independently")
        far = mp.nstr(abs(got - exact), 3) if isfinite(got) else "not finite"
        return {"got": mp.nstr(got, 17), "exact": mp.nstr(exact, 17), "error": far, "bound": mp.nstr(bound, 3)}


def _grouped(call: Mapping[str, Any], worst: Mapping[str, Any]) -> bool:
    shape: list[int] = call["given"]["query"]["shape"]
    return len(worst["index"]) == len(shape) + 1 and call["given"]["key"]["shape"] != shape


def _weighs_nothing(
    call: Mapping[str, Any], score: str, contract: Mapping[str, str], moved: re.Match[str]
) -> dict[str, str]:
    """That a query does not see the key with whose value its context changed.

    The change itself is what the check has measured: an example holds what goes in, not both results.
    """
    with workdps(DIGITS):
        try:
            attention = Attention(Given(call), score, contract)
            key = int(moved[1])
            # Without one that is named: a query that sees other keys, and not this one.
            places = [tuple(map(int, moved[2].split(",")))] if moved[2] else attention.queries()
            hidden = [p for p in places if key not in (seen := attention.seen_keys(p[:-1], p[-1])) and seen]
            if not hidden:
                raise NotConfirmedError(f"key {key} is visible in what was computed independently")
        except NotCoveredError as error:
            raise NotConfirmedError(str(error)) from error
    got = f"a change by {moved[3]}, as the check measured"
    return {"got": got, "exact": f"none: key {key} is masked", "error": moved[3], "bound": "0"}


def _number(text: Any) -> Any:
    return mpf(float.fromhex(text)) if isinstance(text, str) and "0x" in text else mpf(str(text))


def _exact(given: Given, score: str, contract: Mapping[str, str], quantity: str, place: Place) -> Any:
    attention = Attention(given, score, contract)
    if len(place) == len(given.shapes["query"]) + 1:  # a head of keys, a query's head of it
        group = given.shapes["query"][-3] // given.shapes["key"][-3]
        place = (*place[:-4], place[-4] * group + place[-3], *place[-2:])
    if quantity in ("context", "weights"):
        at = attention.context if quantity == "context" else attention.weight
        return at(place[:-2], *place[-2:])
    name = quantity.removeprefix("grad.")
    array = given.arrays.get(name, {})
    if name == quantity or place not in array or given.cotangents != ["grad_context"]:
        raise NotCoveredError(f"{quantity}: no independent computation has it")
    middle = array[place]
    found = []
    for sign in (1, -1):
        array[place] = middle + sign * STEP
        found.append(attention.total())
    array[place] = middle
    return (found[0] - found[1]) / (2 * STEP)
