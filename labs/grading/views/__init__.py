"""Pages of grading: the trainee's lab page, the instructor's submissions."""
