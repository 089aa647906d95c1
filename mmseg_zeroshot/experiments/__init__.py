<<<<<<< HEAD
"""Experiments: one file says what tells a run from others; one builder."""
=======
"""What a run is made of: the stages of every method, as typed functions."""
>>>>>>> wip-stages
