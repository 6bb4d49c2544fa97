"""Programs for numba, a module for each score that it has one for."""

from attnproof.impl.extras import require

require("numba")
