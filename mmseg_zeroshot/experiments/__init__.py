"""What a run is made of: the stages of every method, as typed functions."""
