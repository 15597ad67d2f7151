"""How each kind of picture is drawn: a file a kind, each of which gives an Altair chart."""
