"""Booking (服务预约): items, sessions, quotas; bookings from hold to check-in; waiting list; draws.

What the services offer (actor first, by keyword):

- `services.tokens.issue(*, actor, session, person_id) -> Pass`: the rules decided, a short-lived signed pass for the hot path;
  raises RuleViolation with the refusals of `rules.fair`. `Pass.text` goes into the page and into the header `X-Booking-Pass`.
- `services.bookings.book(*, actor, session, person_id, key, wait=False) -> Booking | Waiting`: pass and hot path in one, for forms without script.
- `services.bookings.confirm(*, actor, booking)`, `cancel(*, actor, booking, why="")`, `transfer(*, actor, booking, to_person_id)`.
- `services.payments.start(*, actor, booking, gateway="demo") -> Payment`, `callback(*, gateway, event, reference, kind, amount_fen)`.
- `services.waiting.join(*, actor, session, person_id)`, `leave(*, actor, waiting)`, `promote(*, session_id)`.
- `services.checkin.scan(*, actor, session, code, device, serial, at=None) -> ScanLog`, `merge(*, actor, session, device, scans) -> list[ScanLog]`.
- `services.tickets.code_of(booking) -> str` (QR text, verified offline), `public_key()`.
- `services.award.award(*, actor, session, entries) -> list[Booking | None]`: places for the winners of a draw, through the same guard.
- `services.quotas.lay(*, actor, session, shares, caps)`, `lay_item(*, actor, item, size)`, `resize(*, actor, quota, size, allow_over=False)`.
- `services.bars.bar(*, actor, person_id, kind, …)`, `lift(*, actor, bar, why)`.
- `services.upkeep.expire()`, `no_shows()`, `remind()`: timed work.
- `services.remaining.remaining(item_id)`: places left by session, at most one database read a second and item.
"""
