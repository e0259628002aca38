"""Events of learning. Sent inside the transaction; receivers only write rows."""

from django.dispatch import Signal

course_completed = Signal()
"""Arguments: completion (CourseCompletion), at (datetime)."""
