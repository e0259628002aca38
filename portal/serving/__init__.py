"""The web server process: whole requests in, whole answers out, and no caller who can take the places of the others."""
