"""Boundary value problems with scalar unknowns, solved by collocation and followed.

Modules, from the bottom: `profile` (a solution as a piecewise polynomial, and its mesh), `problem`
(what a problem states), `newton` (its linearisation, Newton's method, the tangent), `follow`
(pseudo-arclength continuation with events, bounds and mesh adaptation).
"""
