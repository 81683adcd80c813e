"""Validates notebooks as Jupyter does, and writes them again in its own layout.

Standard input: a JSON array of the texts of .ipynb files. Standard output: for each the text that Jupyter writes, or
null with the reason on standard error.
"""

import json
import sys
import warnings

import nbformat

# A missing or doubled id is only a warning.
warnings.simplefilter("error")


def write(text):
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
        return nbformat.writes(notebook) + "\n"
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return None


print(json.dumps([write(text) for text in json.load(sys.stdin)]))
