"""One file a step, numbered; the number is its revision."""
