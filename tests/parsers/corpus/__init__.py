"""Forms as people fill them in, laid out by rule and with what reading them must give.

`markup` turns short marked-up strings into Word's elements, `word` and `sheets` lay out rows of
label and answer, `answers` lists what people write and what it means, `cases` puts them together,
`judge` scores a reader, and `write` puts the whole set into a folder.
"""
