"""``python -m ikmeanfield``: the command line."""

from ikmeanfield.cli import main

main()
