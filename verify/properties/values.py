"""The values: every output and gradient within its bound of the certified result, on every input class and size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attnproof.verify.inputs.make import classes_for
from attnproof.verify.inputs.settings import SETTINGS, settings_for
from attnproof.verify.options import Profile
from attnproof.verify.properties.asking import asked, case_of, request_of, takes, unmasked_rows
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.targets.target import Target


def draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterator[Draw]:
    """Every input class at every setting that the target has arguments for."""
    wanted = [(s, name) for s in settings_for(profile) for name in classes_for(profile, s, target.score)]
    # One query and very negative scores: a path of its own in many kernels, so it is looked at in every profile.
    wanted.append((SETTINGS["one_query"], "shifted"))
    every = (Draw(setting, name, dtype, device, seed) for setting, name in dict.fromkeys(wanted))
    return (draw for draw in every if takes(target, draw))


def finds(target: Target, draw: Draw) -> Iterable[Finding]:
    """All that the target returns, in the rows that see a key."""
    case = case_of(target, draw)
    # What a fully masked row gets, and its gradients, is a matter of contract, and of the property "masked row".
    rows = unmasked_rows(case)
    forward_only = rows is not None and not rows.all() and target.contract.masked_row != "zero"
    request = request_of(target, case, draw.device)
    return asked(target, request, rows=rows, quantities=target.outputs if forward_only else None)


PROPERTIES: Final = (
    Property(
        name="values",
        says="every output and gradient is within its derived bound of the certified value, at ordinary and extreme "
        "inputs of many sizes",
        draws=draws,
        finds=finds,
    ),
)
