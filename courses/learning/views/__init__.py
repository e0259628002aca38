"""Pages of learners, and of those who look after learners in runs."""
