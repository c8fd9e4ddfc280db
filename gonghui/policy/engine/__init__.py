"""The rule engine (规则引擎), pure: records, loader, jurisdiction chain, expressions, decisions. Knows no database and no Django."""
