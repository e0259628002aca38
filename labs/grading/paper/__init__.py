"""The notebook reader: submitted notebooks, and what stands in them, as an instructor sees them."""
