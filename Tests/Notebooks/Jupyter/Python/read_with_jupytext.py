"""Reads texts in the percent format with jupytext, and writes them again.

Standard input: a JSON array of texts. Standard output: for each what jupytext takes for its cells, and the text that
it makes of them.
"""

import json
import sys

import jupytext

# jupytext knows no .cells; of the languages that it knows, the shell's has our comment sign and no syntax that
# it looks into.
FORMAT = {"extension": ".sh", "format_name": "percent", "comment_magics": False}


def read(text):
    notebook = jupytext.reads(text, fmt=dict(FORMAT))
    cells = [
        {"type": cell.cell_type, "source": cell.source, "metadata": cell.metadata} for cell in notebook.cells
    ]
    return {"cells": json.loads(json.dumps(cells)), "written": jupytext.writes(notebook, fmt=dict(FORMAT))}


print(json.dumps([read(text) for text in json.load(sys.stdin)]))
