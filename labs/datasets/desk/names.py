"""What the desk calls roles, treatments, types and kinds, in both languages."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

ROLES = {
    "direct": pgettext_lazy("role of a column", "Direct identifier"),
    "quasi": pgettext_lazy("role of a column", "Quasi-identifier"),
    "geo": pgettext_lazy("role of a column", "Place"),
    "time": pgettext_lazy("role of a column", "Time"),
    "sensitive": pgettext_lazy("role of a column", "Sensitive"),
    "text": pgettext_lazy("role of a column", "Free text"),
    "plain": pgettext_lazy("role of a column", "Plain"),
}
STEPS = {
    "drop": pgettext_lazy("treatment of a column", "Leave out"),
    "pseudonym": pgettext_lazy("treatment of a column", "Keyed pseudonym"),
    "generalize": pgettext_lazy("treatment of a column", "Generalize"),
    "interval": pgettext_lazy("treatment of a column", "Intervals"),
    "top_bottom": pgettext_lazy("treatment of a column", "Cut both ends"),
    "grid": pgettext_lazy("treatment of a column", "Grid cell"),
    "keep": pgettext_lazy("treatment of a column", "Keep"),
    "date_shift": pgettext_lazy("treatment of a column", "Shift dates"),
    "aggregate": pgettext_lazy("treatment of a column", "Mean of the class"),
    "redact": pgettext_lazy("treatment of a column", "Blot out identifiers"),
}
TYPES = {
    "integer": pgettext_lazy("type of a column", "Whole number"),
    "number": pgettext_lazy("type of a column", "Number"),
    "boolean": pgettext_lazy("type of a column", "Yes or no"),
    "date": pgettext_lazy("type of a column", "Date"),
    "category": pgettext_lazy("type of a column", "Category"),
    "text": pgettext_lazy("type of a column", "Text"),
    "empty": pgettext_lazy("type of a column", "Empty"),
}
KINDS = {
    "id_card": pgettext_lazy("kind of identifier", "ID card number"),
    "permit": pgettext_lazy("kind of identifier", "Permit number"),
    "passport": pgettext_lazy("kind of identifier", "Passport number"),
    "credit_code": pgettext_lazy("kind of identifier", "Social credit code"),
    "bank_card": pgettext_lazy("kind of identifier", "Bank card number"),
    "mobile": pgettext_lazy("kind of identifier", "Mobile number"),
    "landline": pgettext_lazy("kind of identifier", "Landline number"),
    "wechat": pgettext_lazy("kind of identifier", "WeChat account"),
    "qq": pgettext_lazy("kind of identifier", "QQ account"),
    "plate": pgettext_lazy("kind of identifier", "Number plate"),
    "email": pgettext_lazy("kind of identifier", "E-mail address"),
    "address": pgettext_lazy("kind of identifier", "Address"),
    "name": pgettext_lazy("kind of identifier", "Name of a person"),
}
KINDS_OF_HIERARCHY = {
    "": pgettext_lazy("kind of hierarchy", "its role: dates by month, all else shown or hidden"),
    "number": pgettext_lazy("kind of hierarchy", "intervals of numbers"),
    "date": pgettext_lazy("kind of hierarchy", "dates"),
    "region": pgettext_lazy("kind of hierarchy", "districts, by name or code"),
    "prefix": pgettext_lazy("kind of hierarchy", "first characters, the rest masked"),
    "grid": pgettext_lazy("kind of hierarchy", "grid cells"),
    "categorical": pgettext_lazy("kind of hierarchy", "shown or hidden"),
    "own": pgettext_lazy("kind of hierarchy", "a hierarchy of its own"),
}
UNITS = {
    "minute": pgettext_lazy("unit of a date", "minute"),
    "hour": pgettext_lazy("unit of a date", "hour"),
    "day": pgettext_lazy("unit of a date", "day"),
    "month": pgettext_lazy("unit of a date", "month"),
    "quarter": pgettext_lazy("unit of a date", "quarter"),
    "year": pgettext_lazy("unit of a date", "year"),
    "decade": pgettext_lazy("unit of a date", "decade"),
}
REGIONS = {
    "county": pgettext_lazy("level of a district", "county"),
    "city": pgettext_lazy("level of a district", "city"),
    "province": pgettext_lazy("level of a district", "province"),
}
PERIODS = {
    "": pgettext_lazy("period of a pseudonym", "never: one for good"),
    "day": pgettext_lazy("period of a pseudonym", "day"),
    "month": pgettext_lazy("period of a pseudonym", "month"),
    "year": pgettext_lazy("period of a pseudonym", "year"),
}


def type_label(code: str) -> str:
    """Return the name of a column's type."""
    return str(TYPES.get(code, code))


def kind_label(code: str) -> str:
    """Return what a detector finds, by its name."""
    return str(KINDS.get("id_card" if code == "id_card_15" else code, code))
