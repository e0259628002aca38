"""The site and the people."""
