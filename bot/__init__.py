"""The running program: command line, settings, the Discord client and what its cogs share."""
