"""The practice base: datasets, hub, assignments, grading."""
