"""What a trainee's cell does that wants more than a lab may have."""

from __future__ import annotations

MEMORY_BOMB = """
import os, time
for number in range(20):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * 60)
        time.sleep(600)
time.sleep(600)
"""

FORK_BOMB = """
import os, time
while True:
    try:
        if os.fork() == 0:
            time.sleep(0.01)
    except OSError:
        time.sleep(0.01)
"""

DISK_FILLER = """
import os
for number in range(100000):
    with open(os.path.expanduser(f'~/filler-{number}'), 'wb') as file:
        for _ in range(60):
            file.write(b'x' * (1 << 20))
"""

UNLINKED_FILLER = """
import os
held = []
while True:
    path = os.path.expanduser('~/nameless')
    held.append(open(path, 'wb'))
    os.unlink(path)
    for _ in range(60):
        held[-1].write(b'x' * (1 << 20))
        held[-1].flush()
"""

INODE_FILLER = """
import os
for folder in range(1000):
    os.makedirs(os.path.expanduser(f'~/many/{folder}'), exist_ok=True)
    for number in range(1000):
        open(os.path.expanduser(f'~/many/{folder}/{number}'), 'w').close()
"""
