"""IPython without its terminal: reads the name of a file with cells, answers `= ` once it has run them all anew."""

import contextlib
import io
import sys

from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for line in sys.stdin:
    with open(line.strip()) as file:
        cells = file.read().split("# %%\n")[1:]
    with contextlib.redirect_stdout(io.StringIO()):
        shell.reset()
        for cell in cells:
            shell.run_cell(cell).raise_error()
    print("=", len(cells), flush=True)
