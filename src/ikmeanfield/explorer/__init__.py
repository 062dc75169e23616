"""The explorer: one page that shows planes of theories with what networks do at every grid point.

`courses` turns results at a grid point into series that a page can draw, `views` assembles the
planes of an experiment, and `page` writes everything into one file without a server or a network.
"""
