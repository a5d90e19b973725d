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
class PasskeyUse:
    """A button for a passkey. A script asks `begin` by POST what the browser is to ask the passkey for (`publicKey`,
    `ticket`), and sends `ticket` and `credential` (JSON) to `action` as a form. With `name_label` a new one is made, and its
    `name` is sent along. Without a script, or where the browser knows no passkeys, the button is not shown.
    """

    begin: str
    action: str
    label: str
    name_label: str = ""


@dataclass(frozen=True, slots=True)
class SignInScreen:
    """The sign-in form: POST `login`, `password`, `remember`, `next` to `action`. In `mode` set_up the
    first administrator is made with `token`, `name`, `login`, `password`; in `mode` password a new password
    is chosen with `old`, `new`, `again`. In `mode` second the code of an authenticator is asked for as `code`, in `mode`
    recovery a recovery code as `recovery`; in `mode` confirm, who is signed in proves it again with `password` and `code`.
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
    passkey: PasskeyUse | None = None
    asks_password: bool = True
    asks_code: bool = False
