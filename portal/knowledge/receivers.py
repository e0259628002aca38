"""What follows from editors' changes."""
