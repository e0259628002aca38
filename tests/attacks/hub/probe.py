# Runs inside a trainee's kernel and prints as one line of JSON what a hostile trainee finds.
import ctypes
import glob
import json
import os
import pathlib
import socket
import subprocess

# The test puts the addresses of its own hub here.
SETTINGS = {}
found = {}


def attempt(name, action):
    try:
        found[name] = action()
    except BaseException as error:
        found[name] = f"refused: {type(error).__name__}: {error}"[:300]


def connects(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(2)
        one.connect(address)
        return "connected"


def command(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
    return f"{done.returncode} {done.stdout}{done.stderr}"[:300]


def write(path):
    with open(path, "w") as file:
        file.write("x")
    return "written"


def every_process():
    shown = {}
    for folder in glob.glob("/proc/[0-9]*"):
        try:
            shown[folder.rpartition("/")[2]] = (
                pathlib.Path(f"{folder}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:200]
            )
        except OSError as error:
            shown[folder.rpartition("/")[2]] = f"refused: {error}"
    return shown


def secrets_in_memory_of_parents():
    texts = []
    for folder in glob.glob("/proc/[0-9]*"):
        try:
            texts.append(pathlib.Path(f"{folder}/environ").read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return "\n".join(texts)


attempt("uid", os.getuid)
attempt("groups", os.getgroups)
attempt(
    "capabilities",
    lambda: [
        line.strip()
        for line in pathlib.Path("/proc/self/status").read_text().splitlines()
        if line.startswith(("CapEff", "NoNewPrivs"))
    ],
)
attempt("processes", every_process)
attempt("environments", secrets_in_memory_of_parents)
attempt("homes", lambda: os.listdir("/home"))
attempt("root", lambda: os.listdir("/"))
attempt("run", lambda: {place: os.listdir(f"/run/{place}") for place in os.listdir("/run")})
attempt("root home", lambda: os.listdir("/root"))
attempt("etc", lambda: sorted(os.listdir("/etc")))
attempt("shadow", lambda: pathlib.Path("/etc/shadow").read_text())
attempt(
    "interfaces",
    lambda: [line.split(":")[0].strip() for line in pathlib.Path("/proc/net/dev").read_text().splitlines()[2:]],
)
attempt("internet", lambda: connects(socket.AF_INET, ("1.1.1.1", 443)))
attempt("metadata", lambda: connects(socket.AF_INET, ("169.254.169.254", 80)))
attempt("name lookup", lambda: socket.gethostbyname("example.com"))
for port in SETTINGS["PORTS"]:
    attempt(f"port {port}", lambda port=port: connects(socket.AF_INET, ("127.0.0.1", port)))
    attempt(f"port6 {port}", lambda port=port: connects(socket.AF_INET6, ("::1", port)))
attempt(
    "abstract sockets",
    lambda: [line.split()[-1] for line in pathlib.Path("/proc/net/unix").read_text().splitlines() if "@" in line],
)
attempt("other socket", lambda: connects(socket.AF_UNIX, SETTINGS["OTHER_SOCKET"]))
attempt("proxy socket", lambda: connects(socket.AF_UNIX, SETTINGS["PROXY_SOCKET"]))
attempt("own socket", lambda: os.symlink("/run/portal/lab-api.sock", SETTINGS["OWN_SOCKET"]))
attempt("replace hub socket", lambda: os.unlink("/run/hub/hub.sock"))
attempt("new socket beside", lambda: write("/run/portal/x"))
attempt("dataset", lambda: write("/srv/datasets/x"))
attempt("dataset file", lambda: write("/srv/datasets/birmingham/1/occupancy.csv"))
attempt("dataset read", lambda: pathlib.Path("/srv/datasets/birmingham/1/occupancy.csv").read_text())
attempt("environment write", lambda: write(os.path.join(os.path.dirname(os.__file__), "x")))
attempt("lab package", lambda: write(__import__("chengxue_lab").__file__))
attempt("usr", lambda: write("/usr/x"))
attempt("outside", lambda: write("/x"))
attempt("dev", lambda: write("/dev/x"))
attempt("user namespace", lambda: command("unshare", "-U", "true"))
attempt("nested sandbox", lambda: command("bwrap", "--ro-bind", "/", "/", "true"))
attempt("mount", lambda: command("mount", "-t", "tmpfs", "none", "/mnt"))
attempt("su", lambda: command("su", "-c", "id"))
attempt("unshare call", lambda: (ctypes.CDLL(None, use_errno=True).unshare(0x10000000), ctypes.get_errno())[0])
attempt(
    "descriptors",
    lambda: (
        [os.readlink(link) for link in glob.glob("/proc/1/fd/*")]
        + [os.readlink(link) for link in glob.glob(f"/proc/{os.getppid()}/fd/*")]
    ),
)
attempt("kill first process", lambda: os.kill(1, 0))
attempt("limits", lambda: __import__("resource").getrlimit(__import__("resource").RLIMIT_AS))
attempt("memory", lambda: len(bytearray(6 << 30)))
attempt("big file", lambda: command("python3", "-c", "open('big','wb').truncate(1<<30)"))
print(json.dumps(found))
