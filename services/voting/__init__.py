"""Ballots from their preparation to their sealing, and everything said in them."""
