"""Track files -> Track, one module a dialect.

`choose` recognises a file by its content, `contents` opens it within bounds, `values` turns its cells into numbers and
times, `sheets` accounts for every row. A dialect has two functions: `recognise` (is it mine?) and `sheet` (its rows).
"""
