"""Gonghui 工会网络服务平台."""

__version__ = "0.1.0"
