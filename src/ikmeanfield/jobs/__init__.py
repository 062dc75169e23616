"""The jobs of the workflow, the same for studies of every kind; the command line calls them."""
