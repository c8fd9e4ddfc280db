"""Tables of the books (账务)."""

from gonghui.finance.models.books import Balance, Book, Period
from gonghui.finance.models.practice import PracticeTry
from gonghui.finance.models.vouchers import Override, Posting, Voucher, VoucherFile

__all__ = ["Balance", "Book", "Override", "Period", "Posting", "PracticeTry", "Voucher", "VoucherFile"]
