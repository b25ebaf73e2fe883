"""The catalogues: one `CODE.po` a language; the English wording is the key of every message."""
