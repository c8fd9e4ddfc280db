"""Console pages of treasury (管理端页面)."""
