"""The layout of a target's arrays where none is declared: found by asking, at sizes no two of which are the same.

Nothing declared means ours, with any axes before an array's own two. A target that answers single sequences alone, or
arrays with a batch and heads alone, or that has heads behind the positions, is asked in that layout, and the report
says so. So it is with one that refuses values of another width than the queries'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from attnproof.verify.checking import masks
from attnproof.verify.checking.layouts import Layouts, parse
from attnproof.verify.checking.outputs import plainly, shapes
from attnproof.verify.composing.sizes import fitted
from attnproof.verify.properties.evaluated import evaluated
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.target import Target

ANOTHER: Final = 6  # width of values
LEADS: Final = ("b h", "b", "")
# Where our own order is not it, with as many axes as each has: the queries' array, and the rest after it.
OTHERS: Final = ("b {n} h {w}", "{n} b {w}", "{n} h {w}", "{n} b h {w}", "b {w} {n}", "b h {w} {n}", "{w} {n}")


def text_of(pattern: str) -> str:
    """Layouts of query, key, value and context of one pattern, as they would be declared."""
    arrays = (("query", "q", "d"), ("key", "k", "d"), ("value", "k", "v"), ("context", "q", "v"))
    return ", ".join(f"{name}={' '.join(pattern.format(n=n, w=w).split())}" for name, n, w in arrays)


def found(made: Callable[[Layouts], Target], layouts: Layouts) -> str:
    """The layout, as it would be declared; empty where ours is, at any number of axes, or none is found.

    made  the target that is asked in given layouts
    """
    own = evaluated(made(layouts))
    answered = [lead for lead in LEADS if answers(own, lead)]
    if len(answered) == len(LEADS):
        return ""
    patterns = [f"{lead} {{n}} {{w}}" for lead in answered[:1]] or OTHERS
    return next((text for text in map(text_of, patterns) if _fits(made, layouts, text)), "")


def _fits(made: Callable[[Layouts], Target], layouts: Layouts, text: str) -> bool:
    """Whether it answers in a layout that would be declared so."""
    declared = in_words(layouts, text)
    return answers(evaluated(made(declared)), " ".join(declared.lead))


def in_words(layouts: Layouts, text: str) -> Layouts:
    """The layouts that a text names, of a target that may take fewer heads of keys as it did."""
    found = parse(text)
    return Layouts(found.axes, found.lead, layouts.grouped)


def answers(target: Target, lead: str) -> bool:
    """Whether arrays with these leading axes come back with the context, or whatever it has, in its shape."""
    count = len(lead.split())
    batch = masks.SETTING.batch[-count:] if count else ()
    every = shapes(target, batch)
    telling = every.get("context") or next(iter(every.values()), None)
    return telling is not None and telling[0] == telling[1]


def one_width(target: Target) -> bool:
    """Whether it refuses values that are not as wide as the queries, and answers where they are."""
    target = evaluated(target)
    batch = masks.SETTING.batch[-target.leads :] if target.leads else ()
    same, apart = (fitted(target, replace(masks.SETTING, batch=batch, d_v=d)) for d in (masks.SETTING.d_q, ANOTHER))
    if apart.d_v == apart.d_q:  # as is declared
        return False
    try:
        ask(target, plainly(target, apart))
    except TargetError as error:
        if error.unsupported or error.fault or not error.refuses:
            return False
    else:
        return False
    try:
        ask(target, plainly(target, same))
    except TargetError:
        return False
    return True
