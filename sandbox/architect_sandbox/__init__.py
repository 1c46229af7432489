"""Runs inside the sandbox: watches a notebook, watches a package, compares what both computed."""
