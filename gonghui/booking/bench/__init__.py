"""`gonghui bench booking` (预约性能): the booking request beside a request that does nothing, on the same server."""
