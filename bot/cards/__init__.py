"""What things look like in chat: from the seminar's values to layouts, nothing is decided here."""
