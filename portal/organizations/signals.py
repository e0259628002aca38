"""Events of organizations. Sent inside the transaction of the change; receivers only write rows."""

from django.dispatch import Signal

transfer_asked = Signal()
"""A transfer was asked for. Arguments: request (TransferRequest), officers (list of User who may answer), at."""

transfer_answered = Signal()
"""A request for a transfer is no longer waiting. Arguments: request (TransferRequest), at."""

post_changed = Signal()
"""What to tell a person of a post. Arguments: job (JobAssignment), change (str), before (JobAssignment or None), at.

Changes: assigned, corrected, cancelled, taken_back; `before` is the post that goes on or ends.
"""
