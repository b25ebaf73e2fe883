"""The bot under load: bursts, mixed traffic, documents meanwhile, a million votes, and the targets of all.

Every side runs alone against a fresh stand-in, the sides take turns within a round, and a ratio is taken
within its round; the median over the rounds is the result, so that a machine that is busy for a moment spoils
one round and not the comparison. After its load a bot is killed, and only then the store is read: what was
answered must be there.
"""
