"""What jobs of the workflow do, for studies of every kind alike: what the command line calls."""
