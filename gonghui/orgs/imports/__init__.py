"""Importers of the register (登记导入): employers (单位底册) and unions (工会组织), on the framework of `files.imports`."""
