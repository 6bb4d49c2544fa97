"""Reading programs: a recording evaluated in the exponential ring, in real numbers, with bounds of rounding, and as a
formula; and the verdict that follows.
"""
