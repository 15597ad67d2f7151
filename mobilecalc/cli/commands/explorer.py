"""`mobilecalc explorer`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

from mobilecalc.cli.files import check_writable, write_whole
from mobilecalc.cli.options import SCREEN
from mobilecalc.core.errors import BadOption

PageFile = Annotated[
    Optional[Path],
    typer.Option("--output", "-o", help="Write the page to this file; - is the standard output."),
]


def explorer(output: PageFile = None) -> None:
    """A page with sliders for alpha, resolution and classes, that works offline."""
    from mobilecalc.studies.explorer import explorer
    from mobilecalc.views.explorer import chart_library, render

    if output is None:
        raise BadOption(
            "explorer was given no file.",
            why="It makes a page of a megabyte, for a browser and not for the screen.",
            fix="For example: mobilecalc explorer -o explorer.html",
        )
    if output != SCREEN:
        check_writable(output)
    library = chart_library()
    page = render(explorer(), library)
    if output == SCREEN:
        sys.stdout.write(page)
    else:
        write_whole(output, page.encode())
