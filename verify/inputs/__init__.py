"""Cases and the input classes that they are drawn from."""
