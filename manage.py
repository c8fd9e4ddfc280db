#!/usr/bin/env python
"""The same as `gonghui`, for those used to manage.py."""

from gonghui.cli import main

if __name__ == "__main__":
    main()
