"""Measures the program beside its peers: `make bench`. Begin reading with `__main__.py`, then `section.py`."""
