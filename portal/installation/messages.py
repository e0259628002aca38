"""Every sentence that the installation says, in Chinese and in English."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from portal.installation.backup_messages import BACKUP

MESSAGES: dict[str, tuple[str, str]] = {
    # preflight
    "checking": ("检查本机", "checking this machine"),
    "proxy_count_missing": (
        "{url} 是 https，但没有说明前面有几层反向代理。通常是一层：TRUSTED_PROXY_COUNT=1 make run；"
        "代理须设置 X-Forwarded-For。前面的设备不传递访问者地址（如四层转发）时，明确写 TRUSTED_PROXY_COUNT=0。",
        "{url} is https, but nothing says how many reverse proxies stand in front. Usually one:"
        " TRUSTED_PROXY_COUNT=1 make run; the proxy sets X-Forwarded-For."
        " Where what stands in front passes no address on (a relay of TCP), say TRUSTED_PROXY_COUNT=0.",
    ),
    "proxy_count_wrong": (
        "TRUSTED_PROXY_COUNT={count} 不是 0 到 9 的整数。请写明前面反向代理的层数。",
        "TRUSTED_PROXY_COUNT={count} is no number from 0 to 9. Say how many reverse proxies stand in front.",
    ),
    "python_old": (
        "Python {found} 太旧。请安装 Python 3.11 或更高版本，再运行 make run。",
        "Python {found} is too old. Install Python 3.11 or newer, then run make run again.",
    ),
    "packages_missing": ("缺少系统软件包：{packages}", "missing system packages: {packages}"),
    "packages_installing": ("安装系统软件包：{packages}", "installing system packages: {packages}"),
    "packages_command": (
        "请运行下面这条命令，然后重新执行：\n    {command}",
        "Run this one command, then start again:\n    {command}",
    ),
    "packages_other": (
        "本机不是 Debian 系列。请用系统的软件包管理器安装：{packages}",
        "This machine has no apt. Install with its package manager what provides: {packages}",
    ),
    "packages_failed": (
        "安装软件包失败。请检查软件源，或手动运行：\n    {command}",
        "Installing the packages failed. Check the package source, or run by hand:\n    {command}",
    ),
    "disk_low": (
        "{folder} 所在磁盘只剩 {free} MB,至少需要 {need} MB。请清理磁盘，或用 VAR_DIR=… 换一个位置。",
        "Only {free} MB are free where {folder} lies; {need} MB are needed."
        " Free some space, or choose another place with VAR_DIR=….",
    ),
    "disk_full": (
        "磁盘已满（{folder}）。请清理后重新执行；未完成的内容已经删除。",
        "The disk is full ({folder}). Free some space and start again; what was half done has been removed.",
    ),
    "port_busy": (
        "端口 {port} 已被占用（{holder}）。请结束该程序，或换一个端口：{variable}={other} make run",
        "Port {port} is in use ({holder}). End that program, or take another port: {variable}={other} make run",
    ),
    "ports_equal": (
        "WEB_PORT 和 HUB_PORT 不能相同（{port}）。",
        "WEB_PORT and HUB_PORT must differ ({port}).",
    ),
    "holder_unknown": ("占用者未知", "holder unknown"),
    "unreachable": (
        "其他用户无法进入 {folder}，而网站和实训以非 root 用户运行。请把项目移到 /opt 等目录，或运行：chmod o+x {folder}",
        "Other users cannot enter {folder}, but the site and the labs do not run as root."
        " Move the checkout to a folder such as /opt, or run: chmod o+x {folder}",
    ),
    "var_on_odd": (
        "不能写入 {folder}:{reason}。请检查权限，或用 VAR_DIR=… 换一个位置。",
        "{folder} cannot be written: {reason}. Check its permissions, or choose another place with VAR_DIR=….",
    ),
    "sandbox_forbidden": (
        "无法启动沙箱（bubblewrap）：{cause}\n处理办法：{cure}\n"
        "没有沙箱就不会启动实训。仅供单人试用时可以明确关闭隔离：CHENGXUE_INSECURE_LABS=1 make run",
        "The sandbox (bubblewrap) cannot start: {cause}\nCure: {cure}\n"
        "Labs never start without it. For a trial by one person alone, isolation can be switched off"
        " explicitly: CHENGXUE_INSECURE_LABS=1 make run",
    ),
    "sandbox_insecure": (
        "警告：CHENGXUE_INSECURE_LABS=1,实训不在沙箱中运行。切勿让其他人使用。",
        "Warning: CHENGXUE_INSECURE_LABS=1, labs run without a sandbox. Let nobody else use this installation.",
    ),
    "namespaces_zero": (
        "系统禁止用户命名空间（user.max_user_namespaces=0）",
        "user namespaces are forbidden (user.max_user_namespaces=0)",
    ),
    "namespaces_zero_cure": ("sysctl -w user.max_user_namespaces=15000", "sysctl -w user.max_user_namespaces=15000"),
    "namespaces_debian": (
        "系统禁止普通用户创建用户命名空间（kernel.unprivileged_userns_clone=0）",
        "ordinary users may not create user namespaces (kernel.unprivileged_userns_clone=0)",
    ),
    "namespaces_debian_cure": (
        "sysctl -w kernel.unprivileged_userns_clone=1",
        "sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    "apparmor": (
        "AppArmor 限制了用户命名空间（Ubuntu 23.10 及以后）",
        "AppArmor restricts user namespaces (Ubuntu 23.10 and later)",
    ),
    "apparmor_cure": (
        "以 root 把以下内容写入 /etc/apparmor.d/bwrap,再运行 apparmor_parser -r /etc/apparmor.d/bwrap:\n{profile}",
        "as root write the following to /etc/apparmor.d/bwrap, then run"
        " apparmor_parser -r /etc/apparmor.d/bwrap:\n{profile}",
    ),
    "sandbox_other": ("{detail}", "{detail}"),
    "sandbox_other_cure": (
        "在容器里运行时，请允许用户命名空间（例如 docker run --security-opt seccomp=unconfined），或改用实体机、虚拟机",
        "inside a container allow user namespaces (for example docker run --security-opt seccomp=unconfined),"
        " or use a machine of its own",
    ),
    "schemes_differ": (
        "PORTAL_URL 与 HUB_URL 一个是 https,另一个不是。两者使用相同的协议。",
        "One of PORTAL_URL and HUB_URL is https, the other is not. Give both the same scheme.",
    ),
    "names_equal": (
        "PORTAL_URL 与 HUB_URL 主机名相同（{hub}）：学员页面可能读到网站的 Cookie。请使用两个主机名。",
        "PORTAL_URL and HUB_URL share the host name {hub}: trainees' pages could read the site's cookies. Use two names.",
    ),
    "hub_below_portal": (
        "实训平台的主机名 {hub} 在网站的主机名 {portal} 之下：学员页面可以为网站种下 Cookie。"
        "请改用不以 {portal} 结尾的名字。",
        "The labs' host name {hub} lies below the site's, {portal}: trainees' pages could plant cookies for the site."
        " Choose a name that does not end in {portal}.",
    ),
    "names_share_cookies": (
        "没有 https 时，{portal} 与 {hub} 共用 {domain} 的 Cookie:学员页面可以为网站种下 Cookie。"
        "请使用 https,或只有最后一段相同的两个名字（例如 portal.lan 与 hub.lan）。",
        "Without https, {portal} and {hub} share the cookies of {domain}: trainees' pages could plant some for the site."
        " Use https, or two names that have the last label alone in common (portal.lan and hub.lan).",
    ),
    "hub_is_address": (
        "HUB_URL 是一个地址（{hub}）。每个人的实训室需要自己的名字，地址之下没有名字。请设置主机名；"
        "或用 LAB_ORIGINS=one 明确让所有实训室共用一个来源（隔离较弱）。"
        "从其他电脑使用时各项应如何设置，见 docs/how-to/install.md“从其他电脑使用”一节。",
        "HUB_URL is an address ({hub}). Each person's lab needs a name of its own, and below an address there are none."
        " Give it a host name; or let all labs share one origin explicitly by LAB_ORIGINS=one, which keeps people"
        " apart less well. What to set for use from other PCs: docs/how-to/install.md, “Use from other PCs”.",
    ),
    "persons_need_https": (
        "没有 https 时，{hub} 之下的各实训室可以互相种下 Cookie。请使用 https,或用 hub.lan 这样只有两段的名字"
        "(实训室为 u5.lan);也可以用 LAB_ORIGINS=one 明确让所有实训室共用一个来源（隔离较弱）。"
        "见 docs/how-to/install.md“从其他电脑使用”一节。",
        "Without https the labs of {hub} could plant cookies for each other. Use https, or a name of two labels such as"
        " hub.lan (a lab is u5.lan then); or let all labs share one origin explicitly by LAB_ORIGINS=one, which keeps"
        " people apart less well. See docs/how-to/install.md, “Use from other PCs”.",
    ),
    "name_of_a_lab": (
        "{portal} 或 {hub} 是某个学员实训室的名字（u 加数字）。请换一个名字。",
        "{portal} or {hub} is the name of somebody's lab (u and a number). Choose another.",
    ),
    "labs_not_found": (
        "找不到 *.{domain} 中的名字。每个人的实训室各有一个名字（例如 u5.{domain}），需要：\n"
        "    1. 域名服务器中的泛域名记录 *.{domain}，指向与 {hub} 相同的机器，本机和用户电脑都能解析；\n"
        "    2. 使用 https 时，证书同时包含 {hub} 和 *.{domain}。\n"
        "不能设置泛域名时，可以用 LAB_ORIGINS=one 明确让所有实训室共用一个来源（隔离较弱）。",
        "No name of *.{domain} is found. Each person's lab has a name of its own (u5.{domain} for one), which needs:\n"
        "    1. a wildcard record *.{domain} in the name server, leading where {hub} leads, for this machine and for PCs;\n"
        "    2. with https, a certificate for both {hub} and *.{domain}.\n"
        "Where no wildcard can be had, LAB_ORIGINS=one lets all labs share one origin, which keeps people apart less well.",
    ),
    "wrong_setting": ("环境变量的值不能用：{detail}", "an environment variable cannot be used: {detail}"),
    # environments and data
    "environment_ready": ("{name} 环境已就绪", "environment {name} is ready"),
    "environment_building": ("建立 {name} 环境（{tool}）", "building environment {name} ({tool})"),
    "environment_failed": (
        "建立 {name} 环境失败，未完成的内容已经删除。详情见 {log}",
        "Building environment {name} failed; what was half done has been removed. Details are in {log}",
    ),
    "secrets_made": ("生成密钥：{names}", "made secrets: {names}"),
    "folders": ("准备目录 {folder}", "preparing folders in {folder}"),
    "catalogs": ("编译界面翻译", "compiling translations"),
    "data_unchanged": ("数据已是最新", "the data is up to date"),
    "step_compile": ("编译代码", "compiling the code"),
    "step_migrate": ("建立或升级数据库", "creating or upgrading the database"),
    "step_createcachetable": ("建立缓存表", "creating the cache table"),
    "step_collectstatic": ("汇集静态文件", "collecting static files"),
    "step_load_regions": ("导入行政区划", "loading regions"),
    "step_ensure_hub_client": ("登记实训平台", "registering the hub"),
    "step_load_datasets": ("导入真实数据集", "loading the real data set"),
    "step_seed_demo": ("建立示范省", "making the demo province"),
    "step_build_site": ("建立网站骨架", "making the pages of the site"),
    "step_index_content": ("建立搜索索引", "indexing content"),
    "step_failed": (
        "步骤“{step}”失败。详情见 {log}\n{tail}",
        "Step “{step}” failed. Details are in {log}\n{tail}",
    ),
    "seconds": ("{text}（{seconds} 秒）", "{text} ({seconds} s)"),
    # supervisor
    "already_running": (
        "{folder} 已在运行（进程 {pid}）。用 make status 查看，用 make stop 结束；"
        "要并列运行第二套，请设置 VAR_DIR、WEB_PORT 和 HUB_PORT。",
        "{folder} is already running (process {pid}). See make status, end it with make stop;"
        " for a second installation beside it set VAR_DIR, WEB_PORT and HUB_PORT.",
    ),
    "busy_installing": (
        "另一个程序正在安装 {folder}，请等它结束。",
        "Another program is installing {folder}; wait until it has finished.",
    ),
    "orphans_ended": ("结束上次留下的 {count} 个进程", "ended {count} processes of an earlier run"),
    "starting": ("启动 {names}", "starting {names}"),
    "process_died": (
        "{name} 已退出（{code}），{delay} 秒后重新启动。日志：{log}",
        "{name} ended ({code}); starting it again in {delay} s. Log: {log}",
    ),
    "process_back": ("{name} 已恢复", "{name} is back"),
    "process_dying": (
        "{name} 反复退出（{count} 次）。请查看日志 {log}，其末尾为：\n{tail}",
        "{name} keeps dying ({count} times). See its log {log}, which ends with:\n{tail}",
    ),
    "not_ready": (
        "{names} 在 {seconds} 秒内没有就绪，已全部结束。日志在 {folder}",
        "{names} did not become ready within {seconds} s; everything was ended. The logs are in {folder}",
    ),
    "ready": ("ready 已就绪", "ready"),
    "ready_portal": ("  网站:    {url}", "  portal:  {url}"),
    "ready_hub": ("  实训平台：{url}", "  labs:    {url}"),
    "ready_user": (
        "  以普通用户运行：所有实训共用一个用户号，只靠命名空间隔离。",
        "  run by an ordinary user: all labs share one user id and are kept apart by namespaces alone.",
    ),
    "ready_one_origin": (
        "  LAB_ORIGINS=one:所有实训室共用一个来源，打开别人给的实训链接就可能被冒用。",
        "  LAB_ORIGINS=one: all labs share one origin; whoever opens another's lab link may be acted for.",
    ),
    "ready_accounts": (
        "  示范账号（密码与动态验证码密钥见 {file}）：",
        "  demo accounts (passwords and one-time-code keys are in {file}):",
    ),
    "ready_password": ("      密码 {password}", "      password {password}"),
    "ready_totp": ("      动态验证码密钥 {secret}", "      one-time-code key {secret}"),
    "ready_administrator": (
        "  还没有管理员。请在另一个终端创建第一位：\n    {command}",
        "  There is no administrator yet. Make the first one in another terminal:\n    {command}",
    ),
    "administrator_example": ("登录名 --name 姓名", "LOGIN-NAME --name NAME"),
    "ready_keys": ("  按 Ctrl-C 结束。", "  Ctrl-C ends it."),
    "stopping": ("正在结束全部进程…", "ending every process…"),
    "stopped": ("已全部结束。", "everything has ended."),
    "not_running": ("{folder} 没有在运行。", "{folder} is not running."),
    # backup, restore, bundle, bench, development
    "argument_missing": ("请给出 {argument}，例如：{example}", "give {argument}, for example: {example}"),
    **BACKUP,
    "bundle_part": ("打包：{part}", "bundling: {part}"),
    "bundle_done": (
        "离线安装包：{folder}({size} MB)。在没有网络的机器上：BUNDLE={folder} make run",
        "bundle: {folder} ({size} MB). On a machine without a network: BUNDLE={folder} make run",
    ),
    "bundle_wrong": ("{folder} 不是离线安装包，或内容已损坏：{detail}", "{folder} is no bundle, or damaged: {detail}"),
    "bench_unknown": ("没有名为“{name}”的基准。可用：{names}", "there is no benchmark “{name}”. There are: {names}"),
    "tool_missing": ("缺少 {tool}。请运行：{command}", "{tool} is missing. Run: {command}"),
    "check_passed": ("✓ {name}", "✓ {name}"),
    "check_failed": ("✗ {name}", "✗ {name}"),
    "catalog_incomplete": ("{file}：未译 {missing} 条：{examples}", "{file}: {missing} untranslated: {examples}"),
}


class Refusal(Exception):
    """The installation cannot go on; the text says why and what to do."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(text(key, **values))


def is_chinese(environ: Mapping[str, str] | None = None) -> bool:
    """Return whether the locale asks for Chinese."""
    environ = os.environ if environ is None else environ
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return environ[name].lower().startswith("zh")
    return False


def text(key: str, **values: object) -> str:
    """Return the sentence `key` in the language of the locale."""
    chinese, english = MESSAGES[key]
    return (chinese if is_chinese() else english).format(**values)


def say(key: str, **values: object) -> None:
    """Write the sentence `key` to standard error, where progress goes."""
    write(text(key, **values))


def write(line: str) -> None:
    """Write one line of progress, also on a terminal that cannot show every character."""
    stream = sys.stderr
    encoding = stream.encoding or "utf-8"
    stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()
