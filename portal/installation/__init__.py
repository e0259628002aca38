"""Installs and runs the whole on one machine: checks, environments, secrets, processes. Standard library only."""
