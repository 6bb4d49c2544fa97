"""FlashInfer-Bench's files: Definition, Solution, Workload and Trace, as JSON (https://bench.flashinfer.ai, its
documentation of the FlashInfer Trace schema, and the package flashinfer-bench 0.1.2).
"""
