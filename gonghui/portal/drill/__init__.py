"""Drills (演练): operations cut off by SIGKILL, then everything verified. Source: assurance §4, faults 1 and 3, MEM-02, MEM-06."""
