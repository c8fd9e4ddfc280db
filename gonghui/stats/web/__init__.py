"""Pages of statistics (统计页面)."""
