"""The gates of others: how benchmarks of kernels and test suites decide "correct", put to kernels that are wrong and to
kernels that are right.

``rules``    what each of them asks, written from its source
``tasks``    what is to be computed: a plain program, and the true values by another road
``kernels``  wrong ones and right ones, each shown to be so by the true values
``deciding`` which gate accepts which kernel; ``record`` keeps the answers
"""
