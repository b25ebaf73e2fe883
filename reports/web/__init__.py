"""A web page that is one file: its frame, its looks, and the blocks of a document as HTML."""
