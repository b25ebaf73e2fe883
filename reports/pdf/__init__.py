"""A document on paper: its blocks as plain data, and the templates that set them."""
