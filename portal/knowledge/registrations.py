"""What this app tells others at start."""
