"""The grading engine under its public name: `python -m labs.grading.engine`. It lives in labs.grader.engine."""
