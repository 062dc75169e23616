"""Boundary value problems with scalar unknowns, solved by collocation and followed.

Modules, from the bottom: `polynomial` (bases and piecewise polynomials), `profile` (a solution, its
scalars and scales), `mesh`, `linear` (condensed linear systems), `problem` (what a problem states),
`newton` (its linearisation, Newton's method, the tangent), `points` (what is found along a curve),
`curve` (what a curve states), `corrector` (single points), `locate` (zeros of test functions),
`follow` (pseudo-arclength continuation with events, bounds and mesh adaptation).
"""
