"""The bots that are compared, each run as a module in a process of its own.

`python -m benchmarks.sides.NAME PORT FOLDER` connects to the stand-in on PORT,
keeps its store in FOLDER, prints a line of JSON when it is ready, and ends with
its stdin.
"""
