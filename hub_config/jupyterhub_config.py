"""Entry point for `jupyterhub -f`; everything it says is in configurer.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hub_config.configurer import configure
from hub_config.hosts import keep_to_the_names
from hub_config.lab.chengxue_lab.connections import let_the_client_close
from hub_config.settings import HubSettings

settings = HubSettings.from_environment()
settings.prepare_folders()
let_the_client_close()
keep_to_the_names(settings.origins)
configure(get_config(), settings)  # type: ignore[name-defined]  # noqa: F821 - JupyterHub puts it there
