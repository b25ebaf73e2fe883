"""What is on the table, and how its texts come to be what they are."""
