"""A Word document without Word: the parts of its package, and text and blocks as WordprocessingML.

The markup is written as text and not by a library, which builds tables in quadratic time and knows neither
fields nor directions nor text alternatives; python-docx reads the result back in the tests. The order of
elements is that of ECMA-376, transitional.
"""
