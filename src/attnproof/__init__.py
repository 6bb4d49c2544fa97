"""What is really true about attention scores, and does this code compute them?

The rooms of the project lie below this package (``attnproof.derivations``, ``impl``, ``verify``, ``reports``).
"""
