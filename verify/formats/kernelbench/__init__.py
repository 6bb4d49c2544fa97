"""KernelBench's problem files: a Python file with ``Model``, ``get_inputs`` and ``get_init_inputs``, and a candidate's
with ``ModelNew`` (https://github.com/ScalingIntelligence/KernelBench, README and src/kernelbench/eval.py).
"""
