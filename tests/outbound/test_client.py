"""The HTTP client against real servers: what it sends, where it goes, and when it gives up."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dougong.outbound import Client, Limits, OutboundError
from tests.outbound.web import page, saying, web

HERE = Client(frozenset({"127.0.0.1", "localhost"}))


def refused(client: Client, url: str) -> str:
    with pytest.raises(OutboundError) as caught:
        client.get(url)
    return caught.value.kind


def test_it_asks_and_reads_the_answer() -> None:
    with web(saying(page(b"hello", "200 OK", "X-Thing: one"))) as server:
        answer = HERE.get(
            server.at("/a b".replace(" ", "%20") + "?q=ü".replace("ü", "%C3%BC")), {"X-Mine": "1"}
        )
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (200, b"hello", "one")
    head = server.heads[0].decode()
    assert head.startswith("GET /a%20b?q=%C3%BC HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{server.port}\r\n" in head
    assert "X-Mine: 1\r\n" in head


def test_a_change_carries_its_body_and_is_never_followed() -> None:
    with web(saying(page(b"", "307 Temporary", "Location: /again"))) as server:
        answer = replace(HERE, limits=Limits(redirects=3)).send(
            "POST", server.at(), {"Content-Type": "text/plain"}, b"a=1"
        )
    assert answer.status == 307
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "0", "0.0.0.0", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "127.0.0.1.", "ⓛocalhost"],
)  # fmt: skip
def test_this_machine_is_not_asked_however_it_is_spelled(host: str) -> None:
    with web(saying(page(b"secret"))) as server:
        kind = refused(Client(), f"http://{host}:{server.port}/")
    assert kind in ("forbidden", "unknown_host")
    assert server.heads == []


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "0.0.0.0",
     "127.8.8.8", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "192.88.99.1", "::1", "::",
     "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "2002:7f00:1::",
     "2001:0:7f00:1::", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "::ffff:10.0.0.1", "::10.0.0.1", "nonsense"],
)  # fmt: skip
def test_no_name_leads_into_a_private_network(address: str) -> None:
    client = Client(resolver=lambda host, port: ("93.184.215.14", address))
    assert refused(client, "https://public.example/") == "forbidden"


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "0.0.0.0", "::ffff:169.254.169.254"])
def test_what_tells_a_machine_its_secrets_is_never_asked_even_where_the_host_is_allowed(address: str) -> None:
    client = Client(frozenset({"intra.example"}), resolver=lambda host, port: (address,))
    assert refused(client, "http://intra.example/") == "forbidden"


def test_an_allowed_host_is_allowed_with_its_port_only_where_one_is_named() -> None:
    with web(saying(page(b"ok"))) as server:
        named = Client(
            frozenset({f"intra.example:{server.port}"}), resolver=lambda host, port: ("127.0.0.1",)
        )
        assert named.get(server.at(host="intra.example")).body == b"ok"
        assert refused(named, "http://intra.example:1/") == "forbidden"
        assert refused(named, server.at(host="127.0.0.1")) == "forbidden"


def test_a_name_server_that_changes_its_mind_changes_nothing() -> None:
    """Resolved once: the second answer, which leads to this machine, is never asked for."""
    answers = [("127.0.0.2",), ("127.0.0.1",)]
    asked = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), 2) - 1]

    with web(saying(page(b"secret"))) as server:
        client = Client(frozenset({"rebind.example"}), Limits(seconds=5), rebinding)
        assert refused(client, server.at(host="rebind.example")) == "connection"
    assert asked == ["rebind.example"]
    assert server.heads == []


def test_redirects_are_looked_at_anew_each_time() -> None:
    def resolver(host: str, port: int) -> Sequence[str]:
        return ("127.0.0.1",)

    with (
        web(saying(page(b"secret"))) as inner,
        web(saying(page(b"", "302 Found", f"Location: {inner.at(host='inner.example')}"))) as outer,
    ):
        client = Client(frozenset({"outer.example"}), Limits(redirects=3), resolver)
        assert refused(client, outer.at(host="outer.example")) == "forbidden"
        both = replace(client, allowed=frozenset({"outer.example", "inner.example"}))
        sent = {"Authorization": "Bearer s3cret", "X-Mine": "1"}
        assert both.get(outer.at(host="outer.example"), sent).body == b"secret"
        assert replace(both, limits=Limits()).get(outer.at(host="outer.example")).status == 302
    assert b"Authorization" not in inner.heads[0]
    assert b"X-Mine" in inner.heads[0]


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://a@127.0.0.1/", "//\\evil"]
)
def test_redirects_to_what_is_no_web_address_are_refused(place: str) -> None:
    with web(saying(page(b"", "302 Found", f"Location: {place}"))) as server:
        assert refused(replace(HERE, limits=Limits(redirects=2)), server.at()) == "address"


def test_a_circle_of_redirects_ends() -> None:
    with web(saying(page(b"", "302 Found", "Location: /again"))) as server:
        assert refused(replace(HERE, limits=Limits(redirects=4)), server.at()) == "redirect"
    assert len(server.heads) == 5


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "file:///etc/passwd", "//a.example/", "a.example", "http://", "http://:80/", "http://a b/",
     "http://a.example/\r\nX: 1", "http://a.example\\@b/", "http://user:pw@a.example/", "http://@a.example/",
     "http://a.example:0/", "http://a.example:99999/", "http://a.example:x/", "http://a.example:/", "http://[::1/",
     "http://[::g]/", "http://a..example/", "http://-a/", "http://" + "a" * 9000, "http://a.example/\x00", "http://é" + "é" * 80 + "/"],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_anything_is_resolved(url: str) -> None:
    def resolver(host: str, port: int) -> Sequence[str]:
        raise AssertionError("nothing must be resolved")

    assert refused(Client(resolver=resolver), url) == "address"


@pytest.mark.parametrize("header", [{"X": "a\r\nY: b"}, {"X\r\nY": "b"}])
def test_headers_cannot_be_smuggled_in(header: dict[str, str]) -> None:
    with web(saying(page(b""))) as server, pytest.raises(OutboundError) as caught:
        HERE.get(server.at(), header)
    assert caught.value.kind == "address"


@pytest.mark.parametrize(
    "answer",
    [
        page(b"x" * 3000),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + (b"5DC\r\n" + b"x" * 1500 + b"\r\n") * 2
        + b"0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 3000,
    ],
)
def test_large_answers_are_given_up_whatever_their_form(answer: bytes) -> None:
    with web(saying(answer)) as server:
        assert refused(replace(HERE, limits=Limits(size=2000)), server.at()) == "size"
        assert len(replace(HERE, limits=Limits(size=4000)).get(server.at()).body) >= 3000


def test_nothing_is_unpacked() -> None:
    with web(saying(page(b"x", "200 OK", "Content-Encoding: gzip"))) as server:
        assert refused(HERE, server.at()) == "encoding"
    assert b"Accept-Encoding: identity" in server.heads[0]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(b"", "connection"), (b"nonsense\r\n\r\n", "answer"), (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "connection"),
     (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n", "answer"), (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70000 + b"\r\n\r\n", "answer")],
)  # fmt: skip
def test_what_is_no_answer_is_said_to_be_none(answer: bytes, kind: str) -> None:
    with web(saying(answer)) as server:
        assert refused(HERE, server.at()) == kind


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nA: ", b"HTTP/1.0 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_left_when_the_time_is_up(beginning: bytes) -> None:
    """Every single wait is short; only the time of the whole exchange can end this."""
    over = threading.Event()

    def drip(connection: socket.socket, head: bytes) -> None:
        connection.sendall(beginning)
        while not over.wait(0.02):
            connection.sendall(b"x")

    with web(drip) as server:
        assert refused(replace(HERE, limits=Limits(seconds=0.4)), server.at()) == "time"
        over.set()


def test_nobody_listening_and_nobody_known_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert refused(HERE, f"http://127.0.0.1:{port}/") == "connection"

    def nobody(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "unknown")

    assert refused(Client(resolver=nobody), "http://nowhere.example/") == "unknown_host"
    assert refused(Client(resolver=lambda host, port: ()), "http://nowhere.example/") == "unknown_host"


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with web(saying(page(b"ok"))) as server:
        client = Client(frozenset({"two.example"}), resolver=lambda host, port: ("127.0.0.9", "127.0.0.1"))
        assert client.get(server.at(host="two.example")).body == b"ok"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with web(saying(page(b"mine"))) as server, web(saying(page(b"proxy"))) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.at())
        assert HERE.get(server.at()).body == b"mine"
    assert proxy.heads == []


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    alternative: x509.GeneralName = x509.DNSName(name)
    if name[0].isdigit():
        alternative = x509.IPAddress(ipaddress.ip_address(name))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_over_tls_the_server_must_prove_the_name_that_was_asked(tmp_path: Path) -> None:
    pem = _certificate(tmp_path, "secure.example")
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    trusting = Client(
        frozenset({"secure.example", "other.example"}),
        resolver=lambda host, port: ("127.0.0.1",),
        context=lambda: ssl.create_default_context(cafile=str(pem)),
    )
    with web(saying(page(b"ok")), serving) as server:
        assert trusting.get(server.at(host="secure.example")).body == b"ok"
        assert refused(trusting, server.at(host="other.example")) == "tls"
        untrusting = Client(trusting.allowed, resolver=trusting.resolver)
        assert refused(untrusting, server.at(host="secure.example")) == "tls"


def test_tls_is_not_left_for_plain_http(tmp_path: Path) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = _certificate(tmp_path, "secure.example")
    serving.load_cert_chain(pem)
    client = Client(
        frozenset({"secure.example"}),
        Limits(redirects=2),
        lambda host, port: ("127.0.0.1",),
        lambda: ssl.create_default_context(cafile=str(pem)),
    )
    with web(saying(page(b"", "302 Found", "Location: http://secure.example/")), serving) as server:
        assert refused(client, server.at(host="secure.example")) == "redirect"


def test_a_server_that_never_finishes_shaking_hands_is_left() -> None:
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def silent() -> None:
        raw, _ = listener.accept()
        with raw:
            over.wait(10)

    thread = threading.Thread(target=silent, daemon=True)
    thread.start()
    with listener:
        kind = refused(
            replace(HERE, limits=Limits(seconds=0.3)), f"https://127.0.0.1:{listener.getsockname()[1]}/"
        )
        over.set()
        thread.join(10)
    assert kind == "time"
