"""The three tables on a trained model: variance of the scores, saturation, bias invariance on real input.

``part``       the units of a run and their rows; start reading there
``files``      find, check (SHA-256) and read the model's two files; none of the package's code is run
``text``       the sentences that ship with this repository, as token ids
``forward``    the encoder in NumPy
``in_torch``   the same encoder in torch: as a second road, and for adjoints
``rounding``   first-order bound on the rounding error of the model's output
``heads``      queries, keys and values of every head
``variance``, ``saturation``, ``bias_local``, ``bias_output``  the rows
"""
