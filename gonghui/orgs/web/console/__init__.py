"""Officers' pages of the register (管理端)."""
