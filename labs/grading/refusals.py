"""Why a notebook is not taken: a stable code, an HTTP status and a sentence for people in both languages."""

from __future__ import annotations

from labs.assignments.notebooks import NotebookRefused
from labs.assignments.rules import Ruling

KEEP = "请保留本地副本。"
RULES = {
    "not_open": ("实训尚未开放，还不能提交。", "This lab has not opened yet."),
    "closed": (
        "已过截止时间，不能再提交。如有特殊情况，请联系教师。",
        "The deadline has passed. Ask your instructor if there is a reason.",
    ),
    "no_attempts_left": ("提交次数已用完，不能再提交。", "You have used all attempts."),
}


class SubmissionRefused(Exception):
    """Nothing was kept; what was submitted before stays as it is."""

    def __init__(self, status: int, code: str, message: str, message_en: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.message_en = status, code, message, message_en


def no_such_assignment() -> SubmissionRefused:
    """Unknown, or somebody else's: the same answer."""
    return SubmissionRefused(404, "not_found", "没有这个实训作业。", "There is no such lab assignment.")


def by_rule(now: Ruling) -> SubmissionRefused:
    """Return what the rules of the assignment do not allow now."""
    if now.state == "frozen" and now.frozen is not None:
        return SubmissionRefused(409, "frozen", now.frozen.message, now.frozen.message_en)
    message, message_en = RULES[now.state]
    return SubmissionRefused(409, now.state, message, message_en)


def key_reused() -> SubmissionRefused:
    """One Idempotency-Key for two different notebooks."""
    return SubmissionRefused(
        409, "idempotency_key_reused", "同一个提交标识已用于另一份内容，请重试。",
        "This Idempotency-Key was used for another notebook; try again.",
    )  # fmt: skip


def too_many() -> SubmissionRefused:
    """Too often within a minute."""
    return SubmissionRefused(
        429, "too_many", "操作太频繁，请一分钟后再试。", "Too many requests; try again in a minute."
    )


def checks_unfinished() -> SubmissionRefused:
    """Two Checks of the person wait or run, and none of them is a waiting one of this lab."""
    return SubmissionRefused(
        429, "checks_unfinished",
        "您还有两次检查没有完成，本次未检查。等其中一次有了结果再检查；提交不受影响。",
        "Two of your Checks are not finished yet: this one was not started. Check again when one of them has its result;"
        " you can submit at any time.",
    )  # fmt: skip


def no_room() -> SubmissionRefused:
    """Return the refusal of a full disk."""
    return SubmissionRefused(
        507, "no_room", f"服务器存储空间不足，本次未提交。{KEEP}稍后重试；之前的提交不受影响。",
        "The server has no room: this was not submitted. Keep your copy and try again later; earlier submissions stand.",
    )  # fmt: skip


def bad_notebook(refusal: NotebookRefused) -> SubmissionRefused:
    """Return the refusal of bytes that are no notebook within the limits."""
    status = 413 if refusal.code == "too_large" else 400
    return SubmissionRefused(status, refusal.code, refusal.message, refusal.message_en)


def no_room_for_checks() -> SubmissionRefused:
    """Return the refusal of a nearly full disk: what is left is for submissions."""
    return SubmissionRefused(
        507, "no_room_for_checks", "服务器存储空间不足，暂时不能检查；提交不受影响，仍会照常接收。",
        "The server is short of room, so nothing is checked for now; submissions are still taken.",
    )  # fmt: skip
