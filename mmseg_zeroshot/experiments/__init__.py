"""Experiments: one file says what tells a run from others; one builder."""
