"""Sealing: after it, nothing that is left can link a voter to a vote."""
