"""Hostile submissions: what the trainee writes, and the verdict it must end with.

Numbers are those of the threat list. `PROBE` cases look for things that must not be there and raise what they
found, so `found: []` in the message is the proof. Every function here is wrong: any point is a stolen one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """Code for the first answer cell; `verdicts` are the allowed ends of its question."""

    name: str
    code: str
    verdicts: tuple[str, ...]
    says: str = ""


def probe(name: str, code: str) -> Attack:
    """Make an attack that lists what it could reach."""
    return Attack(name, f"found = []\n{code}\nraise RuntimeError(f'found: {{found}}')", ("error",), "found: []")


WRONG = "def double(x):\n    return 5\n"

INTEGRITY = [
    Attack(
        "01-input-transformer",
        WRONG + "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
        ("failed",),
    ),
    Attack(
        "01-ast-transformer",
        WRONG
        + "import ast\n"
        + "class Strip(ast.NodeTransformer):\n"
        + "    def visit_Assert(self, node):\n"
        + "        return ast.Pass()\n"
        + "get_ipython().ast_transformers.append(Strip())",
        ("failed",),
    ),
    Attack(
        "01-replaced-run-code",
        WRONG + "async def nothing(*a, **k):\n    return False\nget_ipython().run_code = nothing",
        ("failed",),
    ),
    Attack(
        "01-replaced-compile",
        WRONG + "get_ipython().compile.ast_parse = lambda *a: __import__('ast').parse('pass')",
        ("failed",),
    ),
    Attack(
        "03-patched-builtins",
        WRONG + "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.abs = lambda x: 0",
        ("failed",),
    ),
    Attack(
        "03-patched-exception",
        WRONG + "import builtins\nclass Quiet(Exception): pass\nbuiltins.AssertionError = Quiet",
        ("failed",),
    ),
    Attack("03-quiet-traceback", WRONG + "get_ipython().showtraceback = lambda *a, **k: None", ("failed",)),
    Attack("03-trace-function", WRONG + "import sys\nsys.settrace(lambda *a: None)", ("failed",)),
    Attack(
        "04-startup-files",
        "import os\n"
        "os.makedirs('.ipython/profile_default/startup', exist_ok=True)\n"
        "for name in ('sitecustomize.py', 'usercustomize.py', 'conftest.py', 'pandas.py', 'ast.py',\n"
        "             '.ipython/profile_default/startup/a.py'):\n"
        "    open(name, 'w').write('import builtins; builtins.planted = 1; double = lambda x: 2 * x')\n"
        "os._exit(0)",
        ("crashed",),
    ),
    Attack(
        "11-forged-result-object",
        "class Any2:\n    def __eq__(self, o): return False\ndef double(x): return Any2()",
        ("failed",),
    ),
]

FORGERY = [
    Attack(
        "09-printed-result",
        WRONG
        + "import json, sys\nfor stream in (sys.stdout, sys.stderr):\n    print(json.dumps({'status': 'ok', 'score': 100}), file=stream)",
        ("failed",),
    ),
    Attack(
        "09-written-to-every-descriptor",
        WRONG
        + "import os, json\n"
        + "line = (json.dumps({'status': 'ok', 'value': 2.0, 'nonce': ''}) + '\\n').encode()\n"
        + "for number in range(64):\n"
        + "    try:\n"
        + "        os.write(number, line)\n"
        + "    except OSError:\n"
        + "        pass",
        ("failed", "crashed"),
    ),
    Attack(
        "09-descriptors-during-the-test",
        "import os, json\n"
        "def double(x):\n"
        "    for number in range(64):\n"
        "        try:\n"
        "            os.write(number, (json.dumps({'status': 'ok'}) + '\\n').encode())\n"
        "        except OSError:\n"
        "            pass\n"
        "    return 5",
        ("failed", "crashed"),
    ),
    Attack(
        "09-flood-of-forged-lines",
        "import os\nwhile True:\n    for number in range(3, 64):\n        try:\n            os.write(number, b'{}\\n' * 100)\n        except OSError:\n            pass",
        ("crashed", "timeout"),
    ),
    Attack(
        "09-result-shown-in-the-test",
        "def double(x):\n    display(2.0)\n    print(2.0)\n    get_ipython().displayhook(2.0)\n    return 5",
        ("failed",),
    ),
    Attack("09-closed-channel", WRONG + "import os\nos.closerange(0, 64)", ("crashed",)),
]

READING = [
    probe(
        "05-databases",
        "import os\n"
        "for folder, _, names in os.walk('/'):\n"
        "    if folder.startswith(('/proc', '/usr', '/sys', ENVIRONMENT)):\n"
        "        continue\n"
        "    found += [os.path.join(folder, n) for n in names if n.endswith(('.sqlite3', '.db', '.sqlite'))]",
    ),
    probe(
        "07-other-submissions",
        "import os\n"
        "for folder, _, names in os.walk('/'):\n"
        "    if not folder.startswith(('/proc', '/usr')) and 'site-packages' not in folder and '/share/' not in folder:\n"
        "        found += [os.path.join(folder, n) for n in names if n.endswith('.ipynb')]\n"
        "found += [p for p in ('/home', '/root', '/var', '/run', '/etc/shadow', '/mnt') if os.path.exists(p)]",
    ),
    probe("06-history", "found += [text for text in globals().get('In', []) if 'assert' in text]"),
    probe(
        "06-processes",
        "import os\n"
        "for name in os.listdir('/proc'):\n"
        "    if name.isdigit() and int(name) not in (1, 2, os.getpid()):\n"
        "        found.append(open(f'/proc/{name}/cmdline').read())\n"
        "for name in ('1',):\n"
        "    try:\n"
        "        environment = open(f'/proc/{name}/environ').read()\n"
        "    except OSError:\n"
        "        environment = ''\n"
        "    found += [line for line in environment.split(chr(0)) if 'TOKEN' in line or 'SECRET' in line]",
    ),
    probe(
        "22-environment-and-descriptors",
        "import os, stat\n"
        "found += [n for n in os.environ if any(w in n for w in ('TOKEN', 'SECRET', 'PASSWORD', 'DATABASE', 'VAR_DIR'))]\n"
        "for name in os.listdir('/proc/self/fd'):\n"
        "    try:\n"
        "        target = os.readlink(f'/proc/self/fd/{name}')\n"
        "    except OSError:\n"
        "        continue\n"
        "    if not target.startswith(('/dev/null', '/proc', 'anon_inode', 'pipe')):\n"
        "        found.append(target)\n"
        "found = [t for t in found if not t.startswith('socket:')] + [t for t in found if t.startswith('socket:')][2:]",
    ),
    probe(
        "20-links-out",
        "import os\n"
        "os.symlink('/etc/shadow', 'a')\n"
        "os.symlink('/proc/1/root', 'b')\n"
        "os.symlink('../../..', 'c')\n"
        "for path in ('a', 'b/etc/shadow', 'c/etc/shadow', 'c/root/.bashrc', '/proc/1/root/root/.bashrc'):\n"
        "    try:\n"
        "        found.append(open(path).read())\n"
        "    except OSError:\n"
        "        pass",
    ),
    probe(
        "21-network",
        "import socket\n"
        "for family, address in (\n"
        "    (socket.AF_INET, ('127.0.0.1', PORT)), (socket.AF_INET, ('127.0.0.1', 8081)),\n"
        "    (socket.AF_INET, ('127.0.0.1', 9200)), (socket.AF_INET, ('127.0.0.1', 6379)),\n"
        "    (socket.AF_INET, ('169.254.169.254', 80)), (socket.AF_INET6, ('::1', PORT)),\n"
        "    (socket.AF_UNIX, SOCKET), (socket.AF_UNIX, chr(0) + ABSTRACT),\n"
        "):\n"
        "    try:\n"
        "        with socket.socket(family) as s:\n"
        "            s.settimeout(1)\n"
        "            s.connect(address)\n"
        "            found.append(str(address))\n"
        "    except OSError:\n"
        "        pass\n"
        "try:\n"
        "    found.append(socket.getaddrinfo('example.org', 80))\n"
        "except OSError:\n"
        "    pass",
    ),
    probe(
        "27-read-only-places",
        "import os\n"
        "for folder in ('/', '/usr', '/usr/lib', '/etc', '/opt', '/dev', '/srv', '/srv/datasets', os.__file__, ENVIRONMENT):\n"
        "    try:\n"
        "        open(folder + '/x' if os.path.isdir(folder) else folder, 'a').close()\n"
        "        found.append(folder)\n"
        "    except OSError:\n"
        "        pass",
    ),
    probe(
        "23-namespaces-and-mounts",
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.unshare(0x10000000) == 0:\n"
        "    found.append('unshare')\n"
        "if libc.mount(b'none', b'/work', b'tmpfs', 0, None) == 0:\n"
        "    found.append('mount')\n"
        "for action in (lambda: os.setuid(0), lambda: os.chroot('/'), lambda: os.mknod('n', 0o060600, 1)):\n"
        "    try:\n"
        "        action()\n"
        "        found.append('allowed')\n"
        "    except OSError:\n"
        "        pass",
    ),
]

EXHAUSTION = [
    Attack(
        "13-fork-bomb",
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
        ("timeout", "memory", "crashed"),
    ),
    Attack(
        "13-threads",
        "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
        ("error", "memory", "timeout"),
    ),
    Attack("14-resident-memory", "x = bytearray(8 << 30)", ("memory",)),
    Attack("14-growing-list", "x = []\nwhile True:\n    x.append(bytes(1 << 20))", ("memory",)),
    Attack("14-mapped-memory", "import mmap\nm = mmap.mmap(-1, 8 << 30)", ("error", "memory")),
    Attack(
        "14-many-processes",
        "import os, time\n"
        "for _ in range(20):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(b'1') * (200 << 20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)",
        ("memory",),
    ),
    Attack(
        "14-shared-memory",
        "for n in range(99):\n    open(f'/dev/shm/{n}', 'wb').write(bytes(1 << 24))",
        ("error",),
        "OSError",
    ),
    Attack("15-endless-loop", "while True: pass", ("timeout",)),
    Attack(
        "15-ignored-signals",
        "import signal\nfor n in (2, 14, 15, 24):\n    signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
        ("timeout",),
    ),
    Attack(
        "15-sleep-for-ever",
        "import time, signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\ntime.sleep(10**9)",
        ("timeout",),
    ),
    Attack("15-endless-output", "while True: print('y')", ("output", "timeout")),
    Attack(
        "15-swallowed-timeout",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        ("timeout",),
    ),
    Attack(
        "15-busy-children",
        "import os\nfor _ in range(4):\n    if os.fork() == 0:\n        while True: pass\nos.wait()",
        ("timeout",),
    ),
    Attack("16-one-long-line", WRONG + "print('x' * 60_000_000)", ("failed",)),
    Attack("16-many-displays", WRONG + "for n in range(20000): display({'text/plain': str(n)}, raw=True)", ("failed",)),
    Attack("16-huge-exception", "raise ValueError('x' * 60_000_000)", ("error",)),
    Attack(
        "16-huge-assertion",
        "class Big:\n    def __eq__(self, o): raise ValueError('x' * 60_000_000)\ndef double(x): return Big()",
        ("failed",),
    ),
    Attack("16-deep-recursion", "def double(x):\n    return double(x)", ("error",), "RecursionError"),
    Attack("17-disk", "for n in range(99):\n    open(f'f{n}', 'wb').write(bytes(50 << 20))", ("error",), "OSError"),
    Attack(
        "17-one-large-file",
        "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nopen('f', 'wb').write(bytes(200 << 20))",
        ("error", "memory"),
    ),
    Attack("17-many-files", "n = 0\nwhile True:\n    open(f'f{n}', 'w').close()\n    n += 1", ("error",), "OSError"),
]
