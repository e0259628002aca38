"""Views of the data desk."""
