"""Kernels for every score that maps pairs of a query and a key and sums over hidden units or features: Numba's.

Three steps. ``split`` cuts the equations of the score and of its adjoint into what one side has alone, the map of a
pair, and what follows the sums over pairs. ``lines`` prints the map and its derivatives for two queries and a strip of
keys, as operations on vector registers. ``template`` puts them into one template for all scores: tiles of keys, the
streaming softmax, masks, bias, soft-cap, the backward pass. Arrays of NumPy around it come from the same generator as
the plain NumPy modules.

*Products.* Where every sum over units is ``Σ_u x[i,u] y[j,u]``, and every sum over pairs with units a weight of the
pair times a feature, tiles are matrix products; else the map is evaluated unit by unit.

*Order.* Queries go in blocks of ROWS, keys in tiles. A block of queries is an item that one thread works on; what is
added up for a key is kept apart for each of a few chunks of blocks, whose number depends on the sizes alone, and added
in their order. So the bits do not depend on the number of threads. Threads are Python's (``_pairs.run``): the kernels
release the interpreter's lock. Numba's own ``prange`` would double what compiling takes, and its default threading
layer ends the process when two threads of a program call it at once.

*Errors.* Nothing is computed that the equations do not say: the bounds are those that ``verify.bounds`` derives from
the same system, with the errors proved for e^x and tanh (``derivations.kernels``).
"""

from attnproof.impl.codegen.targets.fused.pairs.template import SCORES, render, why_not

__all__ = ["SCORES", "render", "why_not"]
