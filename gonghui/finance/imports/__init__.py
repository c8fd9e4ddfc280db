"""Imports into the books (凭证、期初余额导入), on the framework of `files.imports`. Everything arrives as a draft."""
