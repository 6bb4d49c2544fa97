"""What proofs are made of: claims and steps as data, identities, random points, orders, SMT."""
