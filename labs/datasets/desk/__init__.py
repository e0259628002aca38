"""The pages on which data stewards and privacy officers work."""
