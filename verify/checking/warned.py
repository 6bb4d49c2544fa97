"""What a target warns of is counted, and not shown."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import replace

from attnproof.verify.targets.saying import first_line
from attnproof.verify.targets.target import Answer, Request, Target


def noting_warnings(target: Target, warned: Counter[str]) -> Target:
    """The target, its warnings counted, each once a call, instead of shown."""

    def quiet(request: Request) -> Answer:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                return target.ask(request)
            finally:
                warned.update({f"{each.category.__name__}: {first_line(each.message)}" for each in caught})

    return replace(target, ask=quiet)
