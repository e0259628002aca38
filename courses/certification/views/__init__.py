"""Pages of certificates: one's own, public verification, changes, and what came too late."""
