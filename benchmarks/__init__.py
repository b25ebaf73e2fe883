"""Measurements of the running bot, side by side with plainer ones: `python -m benchmarks`.

Nothing here decides whether the bot is right (that is the tests' work); it
answers how fast it is, on this machine, against something comparable in the
same run. A ratio carries from one machine to another; a number of clicks a
second does not.
"""
