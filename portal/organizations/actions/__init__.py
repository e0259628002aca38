"""Writes of organizations: regions, units, posts, and accounts for people who work there."""

from portal.organizations.actions.accounts import AdministratorExists, open_account, open_first_administrator
from portal.organizations.actions.posts import assign_job, cancel_planned_post, correct_post, set_place_of_work
from portal.organizations.actions.regions import load_positions, load_regions
from portal.organizations.actions.transfers import (
    accept_transfer,
    ask_for_transfer,
    refuse_transfer,
    withdraw_transfer,
)
from portal.organizations.actions.undoing import undo_transfer
from portal.organizations.actions.units import create_organization, move_organization, rename_organization

__all__ = [
    "AdministratorExists",
    "accept_transfer",
    "ask_for_transfer",
    "assign_job",
    "cancel_planned_post",
    "correct_post",
    "create_organization",
    "load_positions",
    "load_regions",
    "move_organization",
    "open_account",
    "open_first_administrator",
    "refuse_transfer",
    "rename_organization",
    "set_place_of_work",
    "undo_transfer",
    "withdraw_transfer",
]
