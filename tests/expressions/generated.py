"""Typed expressions and records at random, leaning to where back ends come apart: ties, zero, empty, bounds, letters."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal

from hypothesis import strategies as st

from dougong.model.expression import Value

_EXACT = Context(prec=60)
DAYS = (
    "0001-01-01",
    "1999-12-31",
    "2000-02-29",
    "2024-02-29",
    "2026-01-31",
    "2026-03-01",
    "2026-11-22",
    "9999-12-31",
)
NUMBERS = (
    "0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "10",
    "0.5",
    "-0.5",
    "0.005",
    "0.015",
    "2.675",
    "1.005",
    "100",
    "0.01",
    "99999",
    "-12.345",
    "1000000",
    "12345678901234567890",
    "-99999999999999999999.995",
    "999999999999999999999999999",
)
TEXTS = (
    "a",
    "Öl",
    "ä",
    "%",
    "_",
    "\\",
    "ab",
    " a  b ",
    "公司",
    "Ａ",
    "ΑΒ",
    "я",
    "ß",
    "İ",
    "e",
    "''",
    "0",
    "１２",
    "1,234.5",
    "-7",
    "🙂",
)
MIDNIGHTS = tuple(f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in (2, 16))
"""Days of the zone that begin where the moments of the records lie."""
PATTERNS = ("%", "a%", "%a", "%Ö%", "_", "__%", "%\\\\%%", "%公_", "")


def joined(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda found: template.format(*found))


def numbers(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        st.sampled_from(
            ("a", "b", "c", "k", "w", "z", "account.limit", "stage.probability", "stage.position")
        ),
        st.sampled_from(NUMBERS),
    )
    if depth <= 0:
        return leaves
    deeper = numbers(depth - 1)
    text, day, condition = texts(depth - 1), days(depth - 1), conditions(depth - 1)
    places = st.sampled_from(("0", "1", "2", "-1", "3", "c", "a"))
    return st.one_of(
        leaves,
        joined("({} + {})", deeper, deeper),
        joined("({} - {})", deeper, deeper),
        joined("({} * {})", deeper, deeper),
        joined("({} / {})", deeper, deeper),
        joined("(-{})", deeper),
        joined("ROUND({}, {})", deeper, places),
        joined("ROUNDUP({}, {})", deeper, places),
        joined("ROUNDDOWN({}, {})", deeper, places),
        joined("INT({})", deeper),
        joined("ABS({})", deeper),
        joined("MOD({}, {})", deeper, deeper),
        joined("CEILING({}, {})", deeper, st.sampled_from(("1", "5", "0.5", "c", "0"))),
        joined("FLOOR({})", deeper),
        joined("IF({}, {}, {})", condition, deeper, deeper),
        joined("COALESCE({}, {})", deeper, deeper),
        joined("SUM({}, {}, {})", deeper, deeper, deeper),
        joined("AVERAGE({}, {})", deeper, deeper),
        joined("MIN({}, {})", deeper, deeper),
        joined("MAX({}, {})", deeper, deeper),
        joined("LEN({})", text),
        joined("FIND({}, {})", text, text),
        joined("YEAR({})", day),
        joined("MONTH({})", st.one_of(day, moments(depth - 1))),
        joined("DAY({})", st.one_of(day, moments(depth - 1))),
        joined("WEEKDAY({}, {})", day, st.sampled_from(("1", "2", "3"))),
        joined("ISOWEEKNUM({})", day),
        joined("HOUR({})", moments(depth - 1)),
        joined("DAYS({}, {})", day, day),
        joined("DATEDIF({}, {}, '{}')", day, day, st.sampled_from(("D", "M", "Y", "YM", "YD", "MD"))),
        joined("DAYS360({}, {}, {})", day, day, st.sampled_from(("TRUE", "FALSE"))),
        joined("YEARFRAC({}, {}, {})", day, day, st.sampled_from("0234")),
        joined("WEEKNUM({}, {})", day, st.sampled_from(("1", "2", "12", "15", "17", "21"))),
        joined("NETWORKDAYS({}, {})", st.one_of(day, moments(depth - 1)), day),
        joined("SECOND({})", moments(depth - 1)),
        joined(
            "{}({})", st.sampled_from(("SIGN", "EVEN", "ODD", "SQRT", "LN", "EXP", "FACT", "TRUNC")), deeper
        ),
        joined("{}({}, {})", st.sampled_from(("QUOTIENT", "MROUND", "GCD", "LCM", "LOG")), deeper, deeper),
        joined("CHOOSE({}, {}, {})", deeper, deeper, deeper),
        joined("{}({}, {}, {})", st.sampled_from(("FIND", "SEARCH")), text, text, deeper),
        joined("{}({})", st.sampled_from(("VALUE", "UNICODE")), text),
        joined("SWITCH({}, {}, {}, {})", deeper, deeper, deeper, deeper),
        joined(
            "{}(lines.{})",
            st.sampled_from(("SUM", "AVERAGE", "MIN", "MAX")),
            st.sampled_from(("quantity", "price", "worth")),
        ),
        joined("SUM(lines.quantity * lines.price, lines.price > {})", deeper),
        joined("SUM(lines.worth * lines.price, lines.worth > {})", deeper),
        figures_of_others(min(depth - 1, 1)),
        joined(
            "COUNT({})",
            st.sampled_from(("lines", "lines.note", "tags", "lines.price > 1", "lines.note IS EMPTY")),
        ),
    )


def conditions_of_orders(depth: int) -> st.SearchStrategy[str]:
    """Conditions behind WHERE: bare names are the order's, `this.` is the record."""
    compare = st.sampled_from(("=", "<>", "<", ">="))
    amounts = st.sampled_from(("amount", "rate", "0", "1.005", "this.a", "this.account.limit", "buyer.limit"))
    leaves = st.one_of(
        joined("amount {} {}", compare, amounts),
        st.sampled_from(
            (
                "status = 'paid'",
                "status IN ('open', 'paid')",
                "placed >= this.d",
                "placed <= '2026-01-31'",
                "note = this.t",
                "note IS EMPTY",
                "urgent",
                "seller = this.owner",
                "seller IN MY_SUBORDINATES()",
                "buyer = this.account",
                "buyer.limit > 100",
                "COUNT(items) > 1",
                "SUM(items.count * items.cost) > this.a",
                "MAX(items.cost WHERE label = this.t) > 0",
                "items IS EMPTY",
                "amount > AVERAGE(this.orders.amount)",
                "amount IN this.lines.price",
            )
        ),
    )
    if depth <= 0:
        return leaves
    deeper = conditions_of_orders(depth - 1)
    return st.one_of(
        leaves,
        joined("({} AND {})", deeper, deeper),
        joined("({} OR {})", deeper, deeper),
        joined("NOT ({})", deeper),
    )


def figures_of_others(depth: int) -> st.SearchStrategy[str]:
    """Numbers over related records and over all records of an entity."""
    names = st.sampled_from(("SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTUNIQUE", "FIRST", "LAST"))
    condition = conditions_of_orders(depth)
    return st.one_of(
        joined("{}(orders.{})", names, st.sampled_from(("amount", "rate", "buyer.limit"))),
        joined("{}(orders.{} WHERE {})", names, st.sampled_from(("amount", "rate")), condition),
        joined("COUNT(orders WHERE {})", condition),
        joined("SUM(orders.amount * orders.rate, orders.amount > {})", st.sampled_from(NUMBERS)),
        joined("SUMPRODUCT(orders.amount, orders.rate WHERE {})", condition),
        joined("{}(orders.items.{})", names, st.sampled_from(("count", "cost"))),
        joined(
            "SUM(orders.items.cost WHERE {})",
            st.sampled_from(("count > 1", "parent.urgent", "label = this.t")),
        ),
        joined("{}(partners.limit)", names),
        st.just("SUM(partners.limit WHERE name = this.t OR since < this.d)"),
        st.just("COUNT(partners.stocks)"),
        joined("{}(account.stocks.quantity)", names),
        joined("{}(ALL(stock).quantity WHERE product = this.account)", names),
        joined(
            "SUM(ALL(stock).quantity WHERE {})",
            st.sampled_from(
                (
                    "holder = this.owner AND quantity > 1",
                    "kind = this.grade",
                    "kind = 'a' OR arrived < this.d",
                    "quantity > this.a",
                    "product.name = this.t",
                )
            ),
        ),
        st.sampled_from(
            (
                "SUMIFS(orders.amount, orders.status, 'paid', orders.amount, '>' & a)",
                "COUNTIFS(orders.note, '*a*', orders.urgent, TRUE)",
                "AVERAGEIFS(orders.amount, orders.placed, '>=2000-01-01')",
                "LOOKUP(account, ALL(stock).product, ALL(stock).quantity, -1)",
                "MAPX('last', owner, orders.seller, orders.amount)",
                "COUNT(account.deals WHERE a > 1)",
            )
        ),
    )


def texts(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        st.sampled_from(("t", "u", "account.name", "stage.outcome")),
        st.sampled_from(TEXTS).map(lambda text: f"'{text}'"),
    )
    if depth <= 0:
        return leaves
    deeper, count = texts(depth - 1), numbers(depth - 1)
    return st.one_of(
        leaves,
        joined("({} & {})", deeper, st.one_of(deeper, count, days(depth - 1))),
        joined("LEFT({}, {})", deeper, count),
        joined("RIGHT({}, {})", deeper, count),
        joined("MID({}, {}, {})", deeper, count, count),
        joined("UPPER({})", deeper),
        joined("LOWER({})", deeper),
        joined("{}({})", st.sampled_from(("TRIM", "CLEAN", "ASC")), deeper),
        joined("REPLACE({}, {}, {}, {})", deeper, count, count, deeper),
        joined("SUBSTITUTE({}, {}, {})", deeper, deeper, deeper),
        joined("REPT({}, {})", deeper, count),
        joined("{}({}, {})", st.sampled_from(("TEXTBEFORE", "TEXTAFTER")), deeper, deeper),
        joined("SPLIT({}, {}, {})", deeper, deeper, count),
        joined("UNICHAR({})", count),
        joined("TIME({}, {}, {})", count, count, count),
        joined(
            "TEXTJOIN({}, {}, {}, {})",
            deeper,
            st.sampled_from(("TRUE", "FALSE")),
            deeper,
            st.one_of(deeper, count),
        ),
        joined("IF({}, {}, {})", conditions(depth - 1), deeper, deeper),
        joined("COALESCE({}, {})", deeper, deeper),
        st.sampled_from(
            (
                "JOIN(orders.note)",
                "JOIN(orders.note, '' WHERE urgent)",
                "JOIN(orders.amount, ';')",
                "FIRST(orders.note WHERE amount > this.a)",
                "LAST(ALL(stock).product.name WHERE quantity > 0)",
                "JOIN(partners.name, '、')",
            )
        ),
    )


def days(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        st.sampled_from(("d", "e", "account.since", "TODAY()")),
        st.sampled_from(DAYS).map("DATEADD('{}', 0, 'day')".format),
    )
    if depth <= 0:
        return leaves
    deeper, count = days(depth - 1), numbers(depth - 1)
    units = st.sampled_from(("day", "week", "month", "quarter", "year"))
    return st.one_of(
        leaves,
        joined("({} + {})", deeper, count),
        joined("({} - {})", deeper, count),
        joined("DATE({}, {}, {})", count, count, count),
        joined("DATE({})", moments(depth - 1)),
        joined("DATEADD({}, {}, '{}')", deeper, count, units),
        joined("EDATE({}, {})", deeper, count),
        joined("EOMONTH({}, {})", deeper, count),
        joined("MAX({}, {})", deeper, deeper),
        joined("IF({}, {}, {})", conditions(depth - 1), deeper, deeper),
        st.sampled_from(
            (
                "MIN(lines.day)",
                "MAX(lines.day)",
                "MAX(orders.placed WHERE status = 'paid')",
                "MIN(account.stocks.arrived)",
                "LAST(orders.placed)",
            )
        ),
    )


def moments(depth: int) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(("m", "n", "NOW()"))
    if depth <= 0:
        return leaves
    units = st.sampled_from(("minute", "hour", "day", "week", "month", "year"))
    return st.one_of(
        leaves,
        joined("DATEADD({}, {}, '{}')", moments(depth - 1), numbers(depth - 1), units),
        joined("DATETIME({}, {}, {}, {})", days(depth - 1), *(numbers(depth - 1) for _ in range(3))),
    )


def against_constants() -> st.SearchStrategy[str]:
    """A column against a constant, which databases answer by themselves: between two values of the column, or at midnight."""
    compare = st.sampled_from(("=", "<>", "<", "<=", ">", ">="))
    return st.one_of(
        joined(
            "({} {} {})", st.sampled_from(("a", "b", "c", "k", "w", "z")), compare, st.sampled_from(NUMBERS)
        ),
        joined(
            "({} {} {})", st.sampled_from(NUMBERS), compare, st.sampled_from(("a", "b", "c", "k", "w", "z"))
        ),
        joined("({} {} '{}')", st.sampled_from("mn"), compare, st.sampled_from(MIDNIGHTS)),
        joined("(m BETWEEN '{}' AND '{}')", st.sampled_from(MIDNIGHTS), st.sampled_from(MIDNIGHTS)),
        joined("(t LIKE '{}')", st.sampled_from(PATTERNS)),
        joined(
            "{}(t, '{}')", st.sampled_from(("CONTAINS", "STARTSWITH", "ENDSWITH")), st.sampled_from(TEXTS)
        ),
        joined("({} {} '{}')", st.sampled_from("de"), compare, st.sampled_from(DAYS)),
    )


def conditions(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        st.sampled_from(
            (
                "f",
                "g",
                "TRUE",
                "FALSE",
                "(stage = 'won')",
                "(grade IN ('a', 'b'))",
                "(ME() IN team)",
                "('a' IN tags)",
                "(owner = ME())",
            )
        ),
        against_constants(),
    )
    if depth <= 0:
        return leaves
    deeper = conditions(depth - 1)
    compare = st.sampled_from(("=", "<>", "<", "<=", ">", ">="))
    kinds: tuple[Callable[[int], st.SearchStrategy[str]], ...] = (numbers, texts, days, moments)
    pairs = [joined("({} {} {})", kind(depth - 1), compare, kind(depth - 1)) for kind in kinds]
    return st.one_of(
        leaves,
        *pairs,
        joined("(n BETWEEN '{}' AND {})", st.sampled_from(DAYS), days(depth - 1)),
        against_constants(),
        joined("({} AND {})", deeper, deeper),
        joined("({} OR {})", deeper, deeper),
        joined("(NOT {})", deeper),
        joined("XOR({}, {})", deeper, deeper),
        joined("{}({})", st.sampled_from(("ISEVEN", "ISODD")), numbers(depth - 1)),
        joined("{}({})", st.sampled_from(("ISNUMBER", "ISMOBILE")), texts(depth - 1)),
        joined("EXACT({}, {})", texts(depth - 1), texts(depth - 1)),
        joined("ISWORKDAY({})", days(depth - 1)),
        joined("(({}) IS EMPTY)", deeper),
        joined(
            "({} IS EMPTY)",
            st.one_of(
                numbers(depth - 1), texts(depth - 1), days(depth - 1), st.just("tags"), st.just("lines")
            ),
        ),
        joined("({} BETWEEN {} AND {})", numbers(depth - 1), numbers(depth - 1), numbers(depth - 1)),
        joined("({} IN ({}, {}))", numbers(depth - 1), numbers(depth - 1), numbers(depth - 1)),
        st.sampled_from(
            (
                "(orders IS EMPTY)",
                "(account IN orders.buyer)",
                "(account IN partners)",
                "(t IN orders.note)",
                "(owner IN account.stocks.holder)",
                "(grade IN ALL(stock).kind)",
                "(COUNT(orders WHERE urgent) = COUNT(orders))",
            )
        ),
        joined("({} IN lines.{})", numbers(depth - 1), st.sampled_from(("price", "worth"))),
        joined("({} LIKE '{}')", texts(depth - 1), st.sampled_from(PATTERNS)),
        joined(
            "{}({}, {})",
            st.sampled_from(("CONTAINS", "STARTSWITH", "ENDSWITH")),
            texts(depth - 1),
            texts(depth - 1),
        ),
        joined("(({}) = ({}))", deeper, deeper),
    )


def expressions(depth: int = 3) -> st.SearchStrategy[str]:
    return st.one_of(numbers(depth), texts(depth), days(depth), moments(depth), conditions(depth))


# ——— records ———

_STAGES = ("new", "proposal", "won", "lost")


class Chance:
    """Values from a seed, a third of them empty or at an edge."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def decimal(self, decimals: int, most: int = 18) -> Decimal | None:
        chosen = self.random.random()
        if chosen < 0.15:
            return None
        if chosen < 0.55:
            near = [Decimal(text) for text in NUMBERS]
            return self.random.choice(
                [
                    each
                    for each in near
                    if -int(each.as_tuple().exponent) <= decimals and each.adjusted() < most - decimals
                ]
            )
        digits = self.random.randint(1, most)
        value = Decimal(self.random.randint(-(10**digits) + 1, 10**digits - 1)).scaleb(-decimals, _EXACT)
        return value.quantize(Decimal(1).scaleb(-decimals), context=_EXACT) if digits == most else value

    def text(self) -> str | None:
        count = self.random.choice((0, 0, 1, 2, 5))
        return "".join(self.random.choice(TEXTS) for _ in range(count)) or None

    def day(self) -> date | None:
        chosen = self.random.random()
        if chosen < 0.15:
            return None
        if chosen < 0.5:
            return date.fromisoformat(self.random.choice(DAYS))
        return date(1990, 1, 1) + timedelta(days=self.random.randint(0, 20000))

    def moment(self) -> datetime | None:
        chosen = self.random.random()
        if chosen < 0.15:
            return None
        midnight = datetime(2026, self.random.randint(1, 12), self.random.choice((1, 15)), 16, tzinfo=UTC)
        if chosen < 0.6:  # midnight in the zone, give or take a microsecond
            return midnight + timedelta(microseconds=self.random.choice((-1, 0, 1)))
        return midnight + timedelta(microseconds=self.random.randint(-(10**15), 10**15))

    def one(self, *values: Value) -> Value:
        return self.random.choice(values)

    def some(self, *values: Value) -> tuple[Value, ...]:
        return tuple(value for value in values if self.random.random() < 0.4)

    def line(self) -> dict[str, Value]:
        return {
            "quantity": self.decimal(2),
            "price": self.decimal(2),
            "worth": self.decimal(2, 24),
            "note": self.text(),
            "day": self.day(),
            "product": self.one(None, 3, 4),
        }

    def record(self, identifier: int) -> dict[str, Value]:
        whole = self.decimal(0)
        return {
            "id": identifier,
            "a": self.decimal(2),
            "b": self.decimal(4),
            "c": None if whole is None else int(whole),
            "k": self.decimal(3),
            "w": self.decimal(3, 28),
            "z": self.decimal(0, 30),
            "t": self.text(),
            "u": self.text(),
            "d": self.day(),
            "e": self.day(),
            "m": self.moment(),
            "n": self.moment(),
            "f": self.one(None, True, False),
            "g": self.one(None, True, False),
            "stage": self.one(None, *_STAGES),
            "grade": self.one(None, "a", "b", "c"),
            "owner": self.one(None, 7, 8, 10),
            "account": self.one(None, 3, 4),
            "lines": [self.line() for _ in range(self.one(0, 1, 2, 5))],
            "tags": self.some("a", "b", "c"),
            "team": self.some(7, 8, 9),
            "partners": self.some(4, 3),
        }

    def order(self, deal: int) -> dict[str, Value]:
        return {
            "amount": self.decimal(2),
            "rate": self.decimal(3),
            "status": self.one(None, "open", "paid", "void"),
            "placed": self.day(),
            "note": self.text(),
            "urgent": self.one(None, True, False),
            "seller": self.one(None, 7, 8, 10),
            "buyer": self.one(None, 3, 4),
            "deal": deal,
            "gone": self.one(None, None, None, True),
            "items": [self.item() for _ in range(self.one(0, 0, 1, 3))],
        }

    def item(self) -> dict[str, Value]:
        return {"count": self.one(None, 0, 1, 7), "cost": self.decimal(2), "label": self.text()}

    def stock(self) -> dict[str, Value]:
        return {
            "quantity": self.decimal(2),
            "kind": self.one(None, "a", "b"),
            "holder": self.one(None, 7, 8),
            "product": self.one(None, 3, 4),
            "arrived": self.day(),
            "gone": self.one(None, None, True),
        }
