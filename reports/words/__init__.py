"""The words and columns that reports to people share, so that every format says a thing the same way."""
