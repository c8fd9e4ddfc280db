"""venues: services."""
