"""How each kind of chart is drawn: a file for each, named after it, which gives an Altair chart."""
