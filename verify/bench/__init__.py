"""Speed and memory, as ratios measured side by side in one run: ``nox -s bench``.

Sides are interleaved (A B C A B C ...), so that a machine that slows down slows all of them. Nothing here decides a
test.

    measure      sides, interleaved; medians
    pairs        this project against the other way: sampling, oracle, derivation
    additive     additive attention: this project's targets and what a user would otherwise take
    multiplicative   scaled dot attention likewise
    floor        what the machine could do at best
    memory       peak memory of one side in a process of its own
    record       everything, as ``reports/recorded/bench.json``
"""
