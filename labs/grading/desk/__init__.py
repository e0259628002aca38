"""What the grading desk tells the apps below. Its writes are in `actions`, its reads in `queries`."""
