"""venues: rules."""
