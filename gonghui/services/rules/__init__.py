"""Pure rules of the member services (普惠服务的规则)."""
