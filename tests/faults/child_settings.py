"""Settings of processes that a test of faults starts: its database, its files, its hub and its grader."""

from __future__ import annotations

import json
import os

from tests.settings import *  # noqa: F403  (everything but what follows)
from tests.settings import DATABASES, STORAGES

_given = json.loads(os.environ["CHENGXUE_FAULTS"])

DATABASES["default"]["NAME"] = _given["database"]
for _alias, _folder in _given["storages"].items():
    STORAGES[_alias]["OPTIONS"]["location"] = _folder
HUB_API_URL, HUB_SOCKET = "http://hub/hub/api", _given["hub"]
GRADER_SOCKET = _given["grader"]

if "limits" in _given:
    # A plain dict of a module that reads no setting before it is called.
    from labs.grader.client import LIMITS

    LIMITS.update(_given["limits"])
if "hashers" in _given:
    PASSWORD_HASHERS = _given["hashers"]
