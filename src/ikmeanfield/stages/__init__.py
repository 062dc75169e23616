"""The stages of the workflow as functions: what the command line calls and the rules run."""
