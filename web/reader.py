"""How the person reading sees time, numbers and money."""

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

from domain.words import Money
from drafting.wallclock import offset_name

DEFAULT_LOCALE = Locale("en", "GB")
RELATIVE_WITHIN = timedelta(hours=24)
MINUTE = timedelta(minutes=1)
MICROS = 1_000_000


@dataclass(frozen=True)
class Reader:
    """The practice's zone, the person's locale, and the instant of this page."""

    zone: ZoneInfo
    now: datetime
    locale: Locale = DEFAULT_LOCALE

    def clock(self, instant: datetime) -> str:
        """ "14:30", or "2:30 PM" where people write so; "01:30 EDT" where clocks show the time twice."""
        local = self.local(instant)
        shown = dates.format_time(local, "short", tzinfo=self.zone, locale=self.locale)
        twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
        return f"{shown} {offset_name(local)}" if twice else shown

    def day(self, instant: datetime) -> str:
        """ "Sat 14 Nov", with the year when it is another one."""
        same_year = self.local(instant).year == self.local(self.now).year
        return self._date(instant, "MMMEd" if same_year else "yMMMEd").replace(",", "")

    def long_day(self, instant: datetime) -> str:
        """ "Saturday 14 November"."""
        weekday = dates.format_datetime(self.local(instant), "EEEE", self.zone, self.locale)
        return f"{weekday} {self._date(instant, 'MMMMd')}"

    def month(self, instant: datetime) -> str:
        """ "November 2026"."""
        return self._date(instant, "yMMMM")

    def short_day(self, instant: datetime) -> str:
        """ "14 Nov"."""
        return self._date(instant, "MMMd")

    def days(self, first: datetime, last: datetime) -> str:
        """ "9 – 15 November", "30 November – 6 December"."""
        ends = (self.local(first), self.local(last))
        return dates.format_interval(*ends, skeleton="MMMMd", tzinfo=self.zone, locale=self.locale)

    def weekday(self, instant: datetime) -> str:
        """ "Sat"."""
        return dates.format_datetime(self.local(instant), "EEE", self.zone, self.locale)

    def hour(self, instant: datetime) -> str:
        """ "14:00", or "2 PM"."""
        local = self.local(instant).replace(minute=0)
        return dates.format_time(local, "h a" if self.day_halves else "HH:mm", self.zone, self.locale)

    @property
    def day_halves(self) -> bool:
        """Whether people here write AM and PM."""
        return "a" in self.locale.time_formats["short"].pattern

    def wall(self, instant: datetime) -> str:
        """ "Sat 14 Nov, 09:00"."""
        return f"{self.day(instant)}, {self.clock(instant)}"

    def relative(self, instant: datetime) -> str:
        """ "in 18 minutes", "6 minutes ago" or "just now"; the wall time once it is a day away."""
        distance = instant - self.now
        if -MINUTE < distance <= timedelta():
            return "just now"
        if abs(distance) >= RELATIVE_WITHIN:
            return self.wall(instant)
        return dates.format_timedelta(
            distance, granularity="minute", threshold=2, add_direction=True, locale=self.locale
        )

    def span(self, length: timedelta) -> str:
        """ "6 mins"."""
        return dates.format_timedelta(
            length, granularity="minute", threshold=2, format="short", locale=self.locale
        )

    def is_today(self, instant: datetime) -> bool:
        return self.local(instant).date() == self.local(self.now).date()

    def number(self, value: float) -> str:
        """ "1,486"."""
        return numbers.format_decimal(value, locale=self.locale)

    def percent(self, share: float, digits: int = 0) -> str:
        """ "94%" for 0.94."""
        pattern = copy.copy(self.locale.percent_formats[None])
        pattern.frac_prec = (digits, digits)
        return str(pattern.apply(share, self.locale))

    def money(self, amount: Money) -> str:
        """ "$60" for a whole amount, else at least two decimals and never a rounded one: "$0.015"."""
        value = Decimal(amount.micros) / MICROS
        pattern = copy.copy(self.locale.currency_formats["standard"])
        pattern.frac_prec = (0, 0) if value == value.to_integral_value() else (2, 6)
        return str(
            pattern.apply(
                value,
                self.locale,
                currency=amount.currency,
                currency_digits=False,
                decimal_quantization=False,
            )
        )

    def zone_name(self) -> str:
        """ "Halifax"."""
        return dates.get_timezone_location(self.zone, locale=self.locale, return_city=True)

    def local(self, instant: datetime) -> datetime:
        """*instant* on the practice's wall; raises ValueError when it carries no zone."""
        if instant.tzinfo is None:
            raise ValueError(f"{instant} carries no zone: pages show instants, so give it one.")
        return instant.astimezone(self.zone)

    def _date(self, instant: datetime, skeleton: str) -> str:
        return dates.format_skeleton(skeleton, self.local(instant), self.zone, locale=self.locale)
