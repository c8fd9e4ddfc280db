"""The demo city 江州市 (演示城市): invented, deterministic by seed, written as real files and loaded by the real importers."""
