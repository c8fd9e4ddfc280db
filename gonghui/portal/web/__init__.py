"""Pages of the portal (门户页面)."""
