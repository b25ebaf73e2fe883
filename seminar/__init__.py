"""The rules of a seminar: pure Python, no clock, no store, no Discord.

Everything here is a function of its arguments, so that it can be proved in
tests and read by someone who wants to check how a figure came about.
"""
