"""How figures are written: three digits that mean something, with their unit."""


def number(value: float) -> str:
    """`12,300`, `123`, `12.3`, `1.23`, `0.012`: three digits, and no digit that is noise."""
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 1000:
        digits = len(str(int(size)))
        return f"{int(round(value, 3 - digits)):,}"
    if size >= 99.95:
        return f"{value:.0f}"
    if size >= 9.995:
        return f"{value:.1f}"
    if size >= 0.0995:
        return f"{value:.2f}"
    return f"{value:.3f}" if size >= 0.0005 else f"{value:.1g}"


def with_unit(value: float, unit: str) -> str:
    """`0.58× Node`, `12.3 µs`, `3`."""
    if unit.startswith("×"):
        return number(value) + unit
    return f"{number(value)} {unit}".rstrip()


def goal(value: float | None, limit: float, unit: str) -> str:
    """`0.58× Node, wanted ≤ 0.55×`."""
    wanted = f"{limit:,g}×" if unit.startswith("×") else f"{limit:,g} {unit}".rstrip()
    if value is None:
        return f"not measured, wanted ≤ {wanted}"
    shown = with_unit(value, unit)
    if value > limit and number(value) == number(limit):
        # What is missed by less than is shown would read as if it were reached.
        shown = shown.replace(number(value), f"{value:.4g}", 1)
    return f"{shown}, wanted ≤ {wanted}"
