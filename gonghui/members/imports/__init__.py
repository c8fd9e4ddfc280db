"""Roster import (花名册导入), S046: persons, labour relations and memberships from any table with names and numbers."""
