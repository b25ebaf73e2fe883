"""What reports say: one model for each kind of report, complete before anybody draws it."""
