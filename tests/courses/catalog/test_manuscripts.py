"""Manuscripts become blocks."""

from __future__ import annotations

from courses.catalog.manuscripts import read_manuscript, stream_of

TEXT = """title: 标题
summary: 摘要

## 第一节
一段**重要**的话，
接着写 `x < 1`。

- 甲
- 乙
| 不是表 |

> [warning|小心] 提示文字

| 列一 | 列二 |
| 1 | 2 |

```python
a = 1

b = 2
```

!figure pic | 描述 | 图题
"""


def test_every_part_becomes_its_block() -> None:
    manuscript = read_manuscript(TEXT.replace("| 不是表 |\n", ""))

    blocks = stream_of(manuscript, "name", lambda name: 7, None)

    assert manuscript.head == {"title": "标题", "summary": "摘要"}
    assert [block["type"] for block in blocks] == [
        "heading",
        "paragraph",
        "paragraph",
        "callout",
        "table",
        "code",
        "figure",
    ]
    assert blocks[1]["value"] == "<p>一段<b>重要</b>的话，接着写 <code>x &lt; 1</code>。</p>"
    assert blocks[2]["value"] == "<ul><li>甲</li><li>乙</li></ul>"
    assert blocks[5]["value"] == {"language": "python", "code": "a = 1\n\nb = 2"}
    assert blocks[6]["value"] == {"image": 7, "alt": "描述", "caption": "图题"}


def test_the_same_text_has_the_same_anchors() -> None:
    first, second = (stream_of(read_manuscript(TEXT), "name", lambda name: 7, None) for _ in range(2))

    assert [block["id"] for block in first] == [block["id"] for block in second]
