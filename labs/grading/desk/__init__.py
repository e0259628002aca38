"""The grading desk: what waits for an instructor, the annotated notebook, rubrics, similarity, items, the grade book."""
