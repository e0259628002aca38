"""The sentences of backup and restore, in Chinese and in English."""

from __future__ import annotations

BACKUP: dict[str, tuple[str, str]] = {
    "backup_exists": ("{file} 已存在，不会覆盖。", "{file} exists already and is not overwritten."),
    "backup_done": (
        "备份完成并已核对：{file}（{files} 个文件，{size} MB）",
        "backed up and verified: {file} ({files} files, {size} MB)",
    ),
    "backup_left_out": ("  未备份：{name}({reason})", "  not backed up: {name} ({reason})"),
    "backup_incomplete": (
        "学员主目录里有 {count} 项没有备份，见上面的说明；其余全部已备份。",
        "{count} things in trainees' homes were not backed up, see above; everything else was.",
    ),
    "left_out_deep": ("文件夹超过 {levels} 层", "more than {levels} folders deep"),
    "left_out_long": ("路径太长", "its path is too long"),
    "left_out_sparse": ("稀疏文件，{size} MB 中只用了 {used} MB", "a sparse file: of {size} MB it uses {used}"),
    "backup_nothing": ("{folder} 里没有可备份的内容。", "there is nothing to back up in {folder}."),
    "backup_damaged": ("备份已损坏：{detail}", "the backup is damaged: {detail}"),
    "restore_not_empty": (
        "{folder} 不是空的。请恢复到一个空的 VAR_DIR。",
        "{folder} is not empty. Restore into an empty VAR_DIR.",
    ),
    "restore_done": (
        "已恢复到 {folder}（{files} 个文件）。现在可以 make run。",
        "restored into {folder} ({files} files). Now make run.",
    ),
}
