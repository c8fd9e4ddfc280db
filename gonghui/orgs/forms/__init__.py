"""Forms of the register (登记表单): parse only; rules stand in the services."""
