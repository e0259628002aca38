"""Invented identifiers for the benchmark of detection: every number is valid, none belongs to anybody."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path

from benchmarks._detection_words import Words

FULL = str.maketrans("0123456789-", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff0d")
WORDS = str.maketrans("0123456789", "零一二三四五六七八九")
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Values:
    """Draws identifiers of every kind; `is_kept_apart` chooses vocabularies that were never looked at when tuning."""

    def __init__(self, seed: int, regions: Path, *, is_kept_apart: bool) -> None:
        self.draw = random.Random(f"{seed}{is_kept_apart}")
        with regions.open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        named = {row["code"]: row["name"] for row in rows}
        counties = [row for row in rows if row["level"] == "county" and row["parent"] in named]
        counties = counties[is_kept_apart::2]
        self.codes = [row["code"] for row in counties]
        self.chains = [(named.get(row["code"][:2] + "0000", ""), named[row["parent"]], row["name"]) for row in counties]
        self.words = Words(self.draw, is_kept_apart=is_kept_apart)
        self.makers: dict[str, Callable[[], str]] = {
            "id_card": self.id_card, "mobile": self.mobile, "landline": self.landline, "plate": self.plate,
            "bank_card": self.bank_card, "passport": self.passport, "permit": self.permit, "email": self.email,
            "credit_code": self.credit_code, "wechat": self.wechat, "qq": self.qq, "name": self.words.name,
            "address": self.address,
        }  # fmt: skip

    def digits(self, count: int) -> str:
        """So many digits."""
        return "".join(self.draw.choice("0123456789") for _ in range(count))

    def id_card(self) -> str:
        """Return a resident's number, whole, in groups, full width or of 15 digits."""
        birth = f"{self.draw.randint(1940, 2016)}{self.draw.randint(1, 12):02}{self.draw.randint(1, 28):02}"
        body = self.draw.choice(self.codes) + birth + self.digits(3)
        check = "10X98765432"[sum(int(digit) * (1 << (17 - place)) for place, digit in enumerate(body)) % 11]
        whole = body + check
        form = self.draw.randrange(9)
        if form == 0:
            return whole.lower()
        if form == 1:
            return whole.translate(FULL)
        if form == 2:
            return f"{whole[:6]} {whole[6:14]} {whole[14:]}"
        if form == 3:
            return f"{whole[:6]}-{whole[6:14]}-{whole[14:]}"
        if form == 4:
            return " ".join((whole[:4], whole[4:8], whole[8:12], whole[12:16], whole[16:]))
        if form == 5 and birth < "1990":
            return whole[:6] + whole[8:17]
        return whole

    def mobile(self) -> str:
        """Return a mobile number as people write it."""
        whole = self.draw.choice(["134", "151", "159", "173", "178", "182", "187", "191", "198"]) + self.digits(8)
        forms = [
            "{a}{b}{c}", "{a}{b}{c}", "{a}{b}{c}", "{a}-{b}-{c}", "{a} {b} {c}", "{a}.{b}.{c}", "{a}\u3000{b}\u3000{c}", "+86{a}{b}{c}",
            "+86-{a}-{b}-{c}", "(+86){a}{b}{c}", "0086 {a}{b}{c}", "86-{a}{b}{c}",
        ]  # fmt: skip
        if self.draw.random() < 0.1:
            return whole.translate(FULL)
        if self.draw.random() < 0.1:
            return whole.translate(WORDS)
        if self.draw.random() < 0.08:
            return f"{whole[:3]} {whole[3:6]} {whole[6:]}"
        return self.draw.choice(forms).format(a=whole[:3], b=whole[3:7], c=whole[7:])

    def landline(self) -> str:
        """Return a landline with its area code, some with an extension."""
        area, first = self.draw.choice(
            [("010", 8), ("021", 8), ("029", 8), ("0755", 8), ("0371", 8), ("0917", 7), ("0898", 8)]
        )
        body = self.draw.choice("2345678") + self.digits(first - 1)
        forms = ["{area}-{body}", "{area}{body}", "({area}){body}", "{area} {body}", "\uff08{area}\uff09{body}", "{area}-{low}-{high}", "{area} {low} {high}", "{area}\uff0d{body}"]  # fmt: skip
        written = self.draw.choice(forms).format(area=area, body=body, low=body[:-4], high=body[-4:])
        return written + (self.draw.choice(["转{}", "-{}", "转分机{}", "分机{}"]).format(self.digits(3)) if self.draw.random() < 0.25 else "")  # fmt: skip

    def plate(self) -> str:
        """Return a number plate: cars, new energy, police, learners, trailers, consulates, Hong Kong and Macau."""
        place = self.draw.choice("京沪豫鲁苏浙粤川陕湘鄂桂云甘") + self.draw.choice("ABCDEFGH")
        letters = "".join(self.draw.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(4)) + self.digits(1)
        forms = [
            place + letters, place + "·" + letters, place + " " + letters, (place + letters).lower(), f"{place}{self.draw.choice('DF')}{self.digits(5)}",
            f"{place}{self.digits(5)}{self.draw.choice('DF')}", f"{place}{self.digits(4)}警", f"{place}{self.digits(4)}学", f"{place}{self.digits(4)}挂",
            f"粤Z{self.digits(4)}港", f"粤Z·{self.digits(4)}澳", f"沪A{self.digits(4)}领", f"使{self.digits(6)}", f"{self.digits(6)}使",
            f"WJ{place[0]}{self.digits(4)}X", f"{place}·{self.draw.choice('DF')}{self.digits(5)}",
        ]  # fmt: skip
        return self.draw.choice(forms)

    def bank_card(self) -> str:
        """Return a bank card with its Luhn digit, whole or in groups of four."""
        body = self.draw.choice(["622848", "621700", "621226", "623668", "622588", "436742", "521899"])
        body += self.digits(15 - len(body) if body[0] in "45" else self.draw.choice([15, 18]) - len(body))
        for last in "0123456789":
            numbers = [int(digit) for digit in reversed(body + last)]
            if sum(n if i % 2 == 0 else sum(divmod(2 * n, 10)) for i, n in enumerate(numbers)) % 10 == 0:
                body += last
                break
        form = self.draw.randrange(4)
        if form == 0:
            return re.sub(r"(\d{4})(?=\d)", r"\1 ", body)
        if form == 1:
            return re.sub(r"(\d{4})(?=\d)", r"\1-", body)
        return body.translate(FULL) if form == 2 and self.draw.random() < 0.4 else body

    def passport(self) -> str:
        """Return a passport's number."""
        return self.draw.choice(["E" + self.digits(8), "G" + self.digits(8), "E" + self.draw.choice("ABCDEFGH") + self.digits(7), "SE" + self.digits(7), "e" + self.digits(8)])  # fmt: skip

    def permit(self) -> str:
        """Return a travel permit of Hong Kong, Macau or Taiwan, or a permanent residence card of a foreigner."""
        return self.draw.choice(["H" + self.digits(8), "M" + self.digits(8), "H" + self.digits(10)])

    def email(self) -> str:
        """Return a mail address."""
        user = self.draw.choice(["wxm", "zhao.li", "q_1990", "shuyu+home", "13-lucky", "tian"]) + self.digits(2)
        return f"{user}@{self.draw.choice(['example.com', 'mail.example.cn', 'example.com.cn', 'a-b.example.org'])}"

    def credit_code(self) -> str:
        """Return a unified social credit code (GB 32100)."""
        body = "91" + self.draw.choice(self.codes) + self.digits(6) + "MA" + self.draw.choice(CREDIT)
        total = sum(CREDIT.index(letter) * pow(3, index, 31) for index, letter in enumerate(body))
        return body + CREDIT[-total % 31]

    def wechat(self) -> str:
        """Return a WeChat account."""
        return self.draw.choice(["wxid_" + self.digits(8), "lucky" + self.digits(4), "tian-" + self.digits(5), "xiao_yu_" + self.digits(2), "q" + self.digits(9)])  # fmt: skip

    def qq(self) -> str:
        """Return a QQ account."""
        return self.draw.choice("123456789") + self.digits(self.draw.randint(5, 9))

    def number(self, most: int) -> str:
        """Return a number as an address has it: digits, full-width digits or words."""
        number = self.draw.randint(1, most)
        form = self.draw.random()
        if form < 0.12:
            return str(number).translate(FULL)
        return _in_words(number) if form < 0.3 and number < 100 else str(number)

    def address(self) -> str:
        """Return an address in words: sometimes with the whole chain of regions, mostly without."""
        province, city, county = self.draw.choice(self.chains)
        city = "" if city in (province, "市辖区", "县") else city
        county = county if county != "市辖区" else ""
        region = self.draw.choice([province + city + county, city + county, county, "", "", "", "", ""])
        town = self.words.town() if self.draw.random() < 0.3 else ""
        return region + town + self.words.place(self.number, self.draw)


def _in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    words = "零一二三四五六七八九"
    return ("" if tens == 0 else "十" if tens == 1 else words[tens] + "十") + (words[ones] if ones or not tens else "")
