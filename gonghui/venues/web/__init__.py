"""venues: web."""
