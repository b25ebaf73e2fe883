"""The whole bot played against a simulated Discord: no token, no network.

A rehearsal acts only as a person can, through commands, modals, buttons and
messages. Nothing in here calls a service or reads the store.
"""
