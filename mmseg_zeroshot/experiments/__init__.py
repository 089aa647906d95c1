"""Experiments: one file says what tells a run from others.

An :class:`~.experiment.Experiment` describes data, classes, words and network.
A method (:mod:`.methods`) makes the steps of it, whose configs are composed of
:mod:`.stages`. The stages need neither torch nor mmseg to be imported.
"""
