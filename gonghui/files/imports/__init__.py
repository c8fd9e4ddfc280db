"""Import of tables (导入): read a hostile file safely, map its columns, check every row, commit all or nothing, undo.

Upper apps register a `Handler` per kind (see `protocol`). Kept free of imports: the reading child starts from here.
"""
