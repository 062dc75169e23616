"""Functions in decimal arithmetic, as an oracle in many more digits than floating point has."""

from decimal import Decimal

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")


def arctan(x: Decimal) -> Decimal:
    """Arc tangent in the precision of the context: the argument halved six times, then a series."""
    for _ in range(6):
        x = x / (1 + (1 + x * x).sqrt())
    total, term, n = x, x, 1
    while abs(term) > Decimal(10) ** -55:
        term = -term * x * x
        n += 2
        total += term / n
    return 64 * total
