"""What enters the sandbox: standard library, IPython and, where the lab has them, NumPy and pandas. No secret, no test."""
