"""What lemmas say, formally: one module a lemma, as of claims; and why some are not stated."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: lemmas that the language of propositions has no words for, each with what it lacks
UNSTATED: Final[Mapping[str, str]] = MappingProxyType({})
