"""Pure rules of fieldwork (上门服务的规则)."""
