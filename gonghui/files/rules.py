"""What a file may be (附件规则): size, kinds, quota. Source: assurance R31, bars 25 and 30."""

from __future__ import annotations

from datetime import timedelta

MOST_BYTES = 20 * 1024 * 1024
QUOTA_BYTES = 500 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO = 2000, 200 * 1024 * 1024, 100
LINK_LIFE = timedelta(minutes=10)
EXPORT_LIFE = timedelta(hours=24)
APPROVAL_ABOVE = 500
GRACE = timedelta(days=1)
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
}
SAME = {"jpeg": "jpg"}
WORDS = "PDF、PNG、JPG、XLSX、DOCX、CSV"
