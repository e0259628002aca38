"""The training: partners, courses, progress, certificates, personnel views."""
