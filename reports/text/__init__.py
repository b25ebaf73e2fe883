"""Reports as Markdown: for reading, and for pasting into a wiki."""
