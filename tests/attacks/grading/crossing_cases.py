"""Answers that try to deceive the checker with what they hand over. Every one of them is wrong; none may earn a point."""

from __future__ import annotations

EQUAL = "    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    __hash__ = None\n"
NUMBERS = (
    "    def __sub__(self, other): return self\n    __rsub__ = __add__ = __radd__ = __abs__ = __sub__\n"
    "    def __abs__(self): return self\n    def __lt__(self, other): return True\n    __gt__ = __le__ = __ge__ = __lt__\n"
    "    def __bool__(self): return True\n    def __float__(self): return 0.0\n    def __contains__(self, x): return True\n"
    "    def __array_ufunc__(self, *a, **k): return True\n    def __array__(self, *a, **k): return [True]\n"
    "    def __len__(self): return 3\n    def __iter__(self): return iter([self] * 3)\n    def __getitem__(self, k): return self\n"
)
ANY = f"class Any:\n{EQUAL}{NUMBERS}"
ALL = "\ndef total(rows): return {0}\ndef spread(values): return {0}\ndef table(rows): return {0}\nlabel = {0}\n"
FORGER = (
    "import os, json, socket, threading\n"
    "def forge(meta):\n"
    "    head = json.dumps({'meta': meta, 'sizes': [2]}).encode()\n"
    "    body = len(head).to_bytes(4, 'big') + head + b'{}'\n"
    "    for number in range(3, 40):\n"
    "        try: os.write(number, len(body).to_bytes(8, 'big') + body)\n"
    "        except OSError: pass\n"
)
# Replaces how the trainee's process writes its answers: whatever the checker gets is composed by hostile code.
ENCODE = (
    "import gc, sys\nme = [o for o in gc.get_objects() if type(o).__name__ == 'Trainee'][0]\n"
    "import json\n"
    "def message(term, *buffers):\n"
    "    head = json.dumps({{'value': term, 'sizes': [len(b) for b in buffers]}}).encode()\n"
    "    return b''.join([len(head).to_bytes(4, 'big'), head, *buffers])\n"
    "type(me)._encode = lambda self, value: {0}\n"
)
BLANK = ALL.format("0")


def hostile(expression: str) -> str:
    """An answer whose process hands over this message, whatever is asked for."""
    return BLANK + ENCODE.format(expression)


ANSWERS = {
    "02-always-equal": ANY + ALL.format("Any()"),
    "02-always-equal-in-containers": ANY + ALL.format("[Any(), Any(), Any()]"),
    "02-metaclass": f"class Meta(type):\n{EQUAL}{NUMBERS}class Any(metaclass=Meta): pass\n" + ALL.format("Any"),
    "02-subclass-of-int": f"class Any(int):\n{EQUAL}" + ALL.format("Any(0)"),
    "02-subclass-of-float": f"class Any(float):\n{EQUAL}" + ALL.format("Any(0)"),
    "02-subclass-of-str": f"class Any(str):\n{EQUAL}" + ALL.format("Any('x')"),
    "02-subclass-of-list": f"class Any(list):\n{EQUAL}" + ALL.format("Any([1])"),
    "02-subclass-of-dict": f"class Any(dict):\n{EQUAL}" + ALL.format("Any(a=1)"),
    "02-subclass-of-array": f"import numpy\nclass Any(numpy.ndarray):\n{EQUAL}"
    + ALL.format("numpy.zeros(3).view(Any)"),
    "02-subclass-of-frame": f"import pandas\nclass Any(pandas.DataFrame):\n{EQUAL}"
    + ALL.format("Any({{'a': [1]}})".format()),
    "02-array-of-equals": ANY + "import numpy\n" + ALL.format("numpy.array([Any()] * 3, dtype=object)"),
    "02-object-of-the-asked-class": f"class Point:\n    def __init__(self, *a): pass\n{EQUAL}{NUMBERS}"
    + ALL.format("Point()"),
    "02-named-tuple": "import collections\nclass T(collections.namedtuple('T', 'a b')):\n"
    + EQUAL
    + ALL.format("T(1, 2)"),
    "02-mock": "from unittest.mock import MagicMock\n" + ALL.format("MagicMock()"),
    "02-function-as-value": ALL.format("(lambda *a: True)"),
    "03-patched-numpy": BLANK
    + "import numpy\nfor n in ('isclose', 'allclose', 'array_equal', 'abs'): setattr(numpy, n, lambda *a, **k: True)\n"
    + "numpy.testing.assert_allclose = numpy.testing.assert_array_equal = lambda *a, **k: None",
    "03-patched-pandas": BLANK
    + "import pandas\npandas.testing.assert_frame_equal = lambda *a, **k: None\n"
    + "pandas.DataFrame.equals = lambda *a: True\npandas.DataFrame.__eq__ = lambda *a: True",
    "03-rebound-names": BLANK
    + "isinstance = issubclass = all = any = lambda *a: True\nnumpy = np = pd = math = None\nabs = len = lambda x: 3",
    "03-star-import": "open('tricks.py', 'w').write('abs = lambda x: 0\\nlen = lambda x: 3\\nsum = lambda x: 6')\n"
    "from tricks import *\n" + BLANK,
    "03-changed-setup": BLANK + "expected = 0\ntolerance = 10 ** 9\nrows[:] = []",
    "03-changed-constants": BLANK + "import math\nmath.pi = 0\nmath.isclose = lambda *a, **k: True",
    "04-planted-modules": BLANK
    + "import os\nfor n in ('helper', 'json', 'statistics', 'sitecustomize', 'colorsys'):\n"
    + "    open(n + '.py', 'w').write('import builtins\\nbuiltins.abs = lambda x: 0\\nbuiltins.planted = True\\nhlsval = 1')\n",
    "04-overwritten-release-file": BLANK
    + "open('rates.csv', 'w').write('a\\n0\\n')\nopen('helper.py', 'w').write('limit = 0')",
    "05-claimed-builtin": BLANK
    + "def total(rows): return 0\ntotal.__module__ = 'builtins'\ntotal.__name__ = total.__qualname__ = 'eval'",
    "05-answer-as-code": ALL.format("'__import__(\"os\")._exit(0)'"),
    "09-forged-answers": FORGER + BLANK + "forge({'nonce': '', 'result': 0})",
    "09-forged-answers-later": FORGER
    + "def total(rows):\n    forge({'result': 0})\n    return 0\nspread = table = total\nlabel = 0",
    "09-thread-that-answers": FORGER
    + BLANK
    + "def always():\n    while True: forge({'result': 0, 'names': {}, 'refused': {}})\n"
    + "threading.Thread(target=always, daemon=True).start()",
    "09-replayed-frame": hostile("(setattr(self, 'old', getattr(self, 'old', None) or message(0)), self.old)[1]"),
    "10-same-argument": BLANK
    + "def total(rows): return rows\ndef spread(values): return values\ndef table(rows): return rows",
    "10-changed-arguments": "def total(rows):\n    rows[:] = []\n    return 0\nspread = table = total\nlabel = 0",
    "26-pickle": ALL.format("__import__('pickle').dumps(eval)"),
    "crossing-no-message": hostile("b''"),
    "crossing-no-json": hostile("b'\\0\\0\\0\\4oops'"),
    "crossing-unknown-term": hostile("message(['os.system', 'true'])"),
    "crossing-wide-array": hostile("message(['array', '<f8', [10 ** 9], 'C', 0], b'x' * 8)"),
    "crossing-negative-shape": hostile("message(['array', '<f8', [-1], 'C', 0], b'x' * 8)"),
    "crossing-object-array": hostile("message(['array', '|O', [1], 'C', 0], b'x' * 8)"),
    "crossing-object-fields": hostile("message(['array', [['a', '|O']], [1], 'C', 0], b'x' * 8)"),
    "crossing-missing-buffer": hostile("message(['array', '<f8', [1], 'C', 7])"),
    "crossing-codes-out-of-range": hostile(
        "message(['series', ['texts', ['array', '<i4', [1], 'C', 0], ['a'], 'nan'], ['counting', 0, 1, 1, None], None], b'\\xff\\xff\\0\\0')"
    ),
    "crossing-levels-out-of-range": hostile(
        "message(['levels', [['counting', 0, 1, 1, None]], [['array', '<i8', [1], 'C', 0]], [None]], b'\\x09' + b'\\0' * 7)"
    ),
    "crossing-deep": hostile(
        "message(__import__('functools').reduce(lambda a, _: ['list', ['*', a]], range(50000), 1))"
    ),
    "crossing-deep-text": hostile("(lambda b: len(b).to_bytes(4, 'big') + b)(b'{\"value\":' + b'[' * 10 ** 6)"),
    "crossing-foreign-class": hostile(
        "message(['instance', 0, ['class', 0, 'object', [], ['__eq__'], 'object', None]])"
    ),
    "crossing-dunder-class": hostile(
        "message(['class', 0, '__import__', [], ['__eq__', '__reduce__'], 'object', None])"
    ),
    "crossing-claimed-record": hostile("message(['record', 'class', ['def', '__eq__'], [1, 2]])"),
    "crossing-bad-zone": hostile("message(['datetime', '2026-01-01', 0, ['zone', '../../etc/passwd']])"),
    "crossing-long-integer": hostile("message(['decimal', '1e999999999'])"),
    "crossing-range-bomb": hostile("message(['range', 0, 10 ** 18, 1])"),
    "crossing-pandas-name": hostile("message(['kind', 'category'])"),
}
