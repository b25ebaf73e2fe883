"""Reports as programs read them: the same names and values in each machine-readable export."""
