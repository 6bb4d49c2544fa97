"""What the measurements of several claims share."""
