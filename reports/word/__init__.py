"""A Word document as python-docx makes it: its page and styles, and the blocks that stand in its body."""
