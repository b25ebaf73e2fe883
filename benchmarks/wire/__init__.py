"""A stand-in for Discord on the loopback: just enough gateway and REST to click on a bot.

It runs in a process of its own, so that it does not share the interpreter of
the bot it measures, and it keeps the time: a click's latency is seen from
Discord's end of the wire.
"""
