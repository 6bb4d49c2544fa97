"""What is done to systems: partial derivatives, adjoint, tangent, canonical form, cost."""
