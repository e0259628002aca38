"""The single-user server inside a sandbox."""

import os
import sys

from chengxue_lab.apart import is_apart
from nbformat.sign import MemorySignatureStore

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - Jupyter puts it there

if is_apart():
    c.ServerApp.kernel_spec_manager_class = "chengxue_lab.kernels.EnvironmentKernels"
    c.TerminalsExtensionApp.terminal_manager_class = "chengxue_lab.terminals.LaunchedTerminals"
    c.ServerApp.contents_manager_class = "chengxue_lab.files.HomeFiles"
# Kernels speak over sockets in a private folder; ports would be open to every process of the sandbox.
c.KernelManager.transport = "ipc"
c.MappingKernelManager.cull_idle_timeout = 3600
# However long a cell runs. activity.py says the same to the hub, which ends whole labs.
c.MappingKernelManager.cull_busy = False
c.ServerApp.terminals_enabled = True
c.ServerApp.allow_remote_access = True
c.ServerApp.open_browser = False
c.ServerApp.quit_button = False
# Extensions come from the environment alone, never from the home.
c.LabApp.labextensions_path = [f"{sys.prefix}/share/jupyter/labextensions"]
c.LabApp.extra_labextensions_path = []
c.LabApp.extension_manager = "readonly"
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.news_url = None
# A role that was taken away is felt within half a minute, even where the push was lost.
c.HubOAuth.cache_max_age = 30
# A file that was renamed aside must not be deleted through a wastebasket that the home does not have.
c.FileContentsManager.delete_to_trash = False
# Whom the page trusts is known to this server alone and for as long as it runs: a file of signatures could be written.
c.NotebookNotary.store_factory = MemorySignatureStore
c.ServerApp.cookie_secret = os.urandom(64)
c.NotebookNotary.secret = os.urandom(64)
# A template is code of this server; by default it comes from the folder that the server stands in.
c.TemplateExporter.extra_template_basedirs = []
# TeX and browsers read any file that a notebook names, with this server's eyes; `jupyter nbconvert` in a terminal has them.
for exporter in (c.PDFExporter, c.WebPDFExporter, c.QtPDFExporter, c.QtPNGExporter):
    exporter.enabled = False
