"""Screens of users."""
