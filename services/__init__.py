"""Use cases: each checks authority, applies the rules and stores, in one transaction.

What is done, its ledger entry and what must be said in Discord (the outbox)
are committed together or not at all. Services know neither Discord nor SQL.
"""
