"""The JupyterHub of 城学: its own process, which speaks to the portal over HTTP only."""
