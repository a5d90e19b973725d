"""Signing in, and setting up the first account."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Link, Problem, Tab


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of a demonstration, offered on its sign-in page only: whose it is, and what the person does."""

    login: str
    password: str
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class SignInScreen:
    """The sign-in form: POST `login`, `password`, `remember`, `next` to `action`. In `mode` set_up the
    first administrator is made with `token`, `name`, `login`, `password`; in `mode` password a new password
    is chosen with `old`, `password`, `again`.
    """

    workspace: str
    action: str
    mode: str = "sign_in"
    login: str = ""
    next: str = ""
    problems: tuple[Problem, ...] = ()
    languages: tuple[Tab, ...] = ()
    notice: str = ""
    links: tuple[Link, ...] = ()
    providers: tuple[Link, ...] = ()
    """Where one signs in at a provider of single sign-on."""
    demo: tuple[DemoAccount, ...] = ()
    name: str = ""
    carried: tuple[tuple[str, str], ...] = ()
    """Hidden fields that are sent along: what was entered in a form when the session had ended."""
