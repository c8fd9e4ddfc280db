"""venues: selectors."""
