"""What an importer says when it cannot have the data."""

from __future__ import annotations


class ImportProblem(Exception):
    """The data could not be had; says why and what to do, in Chinese and in English."""

    def __init__(self, message: str, message_en: str) -> None:
        super().__init__(f"{message} / {message_en}")
        self.message, self.message_en = message, message_en
