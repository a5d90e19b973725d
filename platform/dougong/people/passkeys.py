"""Passkeys (WebAuthn): several for each person, with names; as a second factor, or alone where they look at who uses them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    generate_challenge,
    generate_user_handle,
    options_to_json_dict,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dougong.people import challenges
from dougong.people.messages import refuse
from dougong.people.second_factor import PASSKEY
from dougong.storage.system import FACTOR, USER

ADDING, USING = "passkey to add", "passkey to use"
MOST = 20
LONGEST_NAME = 60
_LONGEST_ANSWER = 20_000
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,2000}")
_BROKEN = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
"""What the reading of a hostile answer may end with."""


@dataclass(frozen=True, slots=True)
class Site:
    """A server as browsers know it: the name that passkeys belong to, and the origins of its pages."""

    name: str
    origins: tuple[str, ...]


def begin_adding(connection: Connection, user_id: int, site: Site) -> dict[str, Any]:
    """What a browser is asked for to make a new passkey: `publicKey` and the `ticket` that comes back with it."""
    query = select(USER.c.login, USER.c.name).where(USER.c.id == user_id)
    login, name = connection.execute(query).one()
    mine = _of(connection, user_id)
    if len(mine) >= MOST:
        raise refuse("invalid", "passkeys_many", most=MOST)
    challenge = generate_challenge()
    handle = next((row.handle for row in mine), None) or bytes_to_base64url(generate_user_handle())
    options = generate_registration_options(
        rp_id=site.name,
        rp_name="dougong",
        user_id=base64url_to_bytes(handle),
        user_name=login,
        user_display_name=name,
        challenge=challenge,
        exclude_credentials=_descriptors(mine),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    data = {"challenge": bytes_to_base64url(challenge), "handle": handle}
    ticket = challenges.begin(connection, ADDING, user_id, data)
    return {"publicKey": options_to_json_dict(options), "ticket": ticket}


def add(connection: Connection, user_id: int, ticket: str, credential: str, name: str, site: Site) -> int:
    """Keep a new passkey under a name; refused (invalid) when what the browser sent does not prove it."""
    asked = challenges.find(connection, ADDING, ticket)
    if asked is None or asked.user_id != user_id or not challenges.use(connection, asked):
        raise refuse("invalid", "passkey_over")
    answer = _read(credential)
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked.data["challenge"]),
            expected_rp_id=site.name,
            expected_origin=list(site.origins),
        )
        transports = [str(each)[:20] for each in answer.get("response", {}).get("transports", [])][:8]
    except _BROKEN as error:
        raise refuse("invalid", "passkey_broken") from error
    now = datetime.now(UTC)
    row = {
        "user_id": user_id,
        "kind": PASSKEY,
        "name": _named(name),
        "credential_id": bytes_to_base64url(found.credential_id),
        "public_key": bytes_to_base64url(found.credential_public_key),
        "handle": asked.data["handle"],
        "transports": transports,
        "sign_count": found.sign_count,
        "created_at": now,
        "confirmed_at": now,
    }
    try:
        with connection.begin_nested():
            made: int = connection.execute(insert(FACTOR).values(row).returning(FACTOR.c.id)).scalar_one()
    except IntegrityError as error:
        raise refuse("invalid", "passkey_known") from error
    return made


def begin_alone(connection: Connection, site: Site) -> dict[str, Any]:
    """What a browser is asked for to sign in with a passkey, whoever it belongs to; it must look at who uses it."""
    return _begin(connection, site, None, ())


def begin_for(connection: Connection, user_id: int, site: Site) -> dict[str, Any]:
    """What a browser is asked for to prove that it has a passkey of a person."""
    return _begin(connection, site, user_id, _of(connection, user_id))


def _begin(
    connection: Connection, site: Site, user_id: int | None, mine: Sequence[Row[Any]]
) -> dict[str, Any]:
    challenge, required = generate_challenge(), UserVerificationRequirement.REQUIRED
    options = generate_authentication_options(
        rp_id=site.name,
        challenge=challenge,
        allow_credentials=_descriptors(mine),
        user_verification=required if user_id is None else UserVerificationRequirement.PREFERRED,
    )
    ticket = challenges.begin(connection, USING, user_id, {"challenge": bytes_to_base64url(challenge)})
    return {"publicKey": options_to_json_dict(options), "ticket": ticket}


def use(
    connection: Connection, ticket: str, credential: str, site: Site, user_id: int | None = None
) -> int | None:
    """Whose passkey signed what was asked for; nothing when it is none, or not that of the person who was asked.

    Without a person the passkey stands for the password too: it must then have looked at who uses it. What was asked for is used up.
    """
    asked = challenges.find(connection, USING, ticket)
    if asked is None or asked.user_id != user_id or not challenges.use(connection, asked):
        return None
    answer = _read(credential)
    row = _known(connection, answer, user_id)
    if row is None:
        return None
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked.data["challenge"]),
            expected_rp_id=site.name,
            expected_origin=list(site.origins),
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=user_id is None,
        )
    except _BROKEN:
        return None
    values = {"sign_count": found.new_sign_count, "last_used_at": datetime.now(UTC)}
    connection.execute(update(FACTOR).where(FACTOR.c.id == row.id).values(values))
    owner: int = row.user_id
    return owner


def rename(connection: Connection, user_id: int, factor_id: int, name: str) -> bool:
    """Give a passkey another name; False when the person has no such passkey."""
    mine = (FACTOR.c.id == factor_id, FACTOR.c.user_id == user_id, FACTOR.c.kind == PASSKEY)
    return connection.execute(update(FACTOR).where(*mine).values(name=_named(name))).rowcount == 1


def remove(connection: Connection, user_id: int, factor_id: int) -> bool:
    """Take a passkey away; False when the person has no such passkey."""
    mine = (FACTOR.c.id == factor_id, FACTOR.c.user_id == user_id, FACTOR.c.kind == PASSKEY)
    return connection.execute(delete(FACTOR).where(*mine)).rowcount == 1


def count(connection: Connection, user_id: int) -> int:
    """How many passkeys a person has."""
    query = select(func.count()).select_from(FACTOR)
    found: int = connection.execute(
        query.where(FACTOR.c.user_id == user_id, FACTOR.c.kind == PASSKEY)
    ).scalar_one()
    return found


def _known(connection: Connection, answer: dict[str, Any], user_id: int | None) -> Row[Any] | None:
    """The passkey that an answer names, of an account that may sign in."""
    identifier = answer.get("id")
    if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
        return None
    query = select(FACTOR).join(USER, USER.c.id == FACTOR.c.user_id)
    found = query.where(
        FACTOR.c.credential_id == identifier, FACTOR.c.kind == PASSKEY, USER.c.disabled_at.is_(None)
    )
    if user_id is not None:
        found = found.where(FACTOR.c.user_id == user_id)
    return connection.execute(found).one_or_none()


def _of(connection: Connection, user_id: int) -> Sequence[Row[Any]]:
    mine = (FACTOR.c.user_id == user_id, FACTOR.c.kind == PASSKEY)
    return connection.execute(select(FACTOR).where(*mine).order_by(FACTOR.c.id)).all()


def _descriptors(rows: Sequence[Row[Any]]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in rows]


def _read(credential: str) -> dict[str, Any]:
    """What a browser sent, as a JSON object; an empty one for anything else."""
    if len(credential) > _LONGEST_ANSWER:
        return {}
    try:
        found = json.loads(credential)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _named(name: str) -> str:
    cleaned = "".join(letter if letter.isprintable() else " " for letter in name).strip()
    return cleaned[:LONGEST_NAME] or "passkey"
