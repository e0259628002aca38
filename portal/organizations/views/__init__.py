"""Screens of organizations and accounts."""
