"""How many instructions the program needs for a few things that matter, and whether they have become more."""
