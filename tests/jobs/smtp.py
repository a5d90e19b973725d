"""A real SMTP server for tests: it keeps what it is sent, and can be told to refuse."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage


@dataclass
class Sink:
    """What arrived, and how the server answers: `rcpt` and `data` are the reply codes it gives."""

    port: int = 0
    rcpt: int = 250
    data: int = 250
    refused: set[str] = field(default_factory=set)
    recipients: list[list[str]] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to: list[str] = []
        writer.write(b"220 sink ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-sink\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n")
            elif verb == b"RCPT":
                address = line.split(b"<")[1].split(b">")[0].decode()
                code = 550 if address in self.refused else self.rcpt
                to += [address] * (code == 250)
                writer.write(f"{code} recipient\r\n".encode())
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                if self.data == 250:
                    self.messages.append(_message(body))
                    self.recipients.append(to)
                to = []
                writer.write(f"{self.data} data\r\n".encode())
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
        writer.close()


def _message(sent: bytes) -> EmailMessage:
    """The message as it was before the dots at the beginning of lines were doubled for the way; headers may be UTF-8."""
    body = sent[:-3].replace(b"\r\n..", b"\r\n.")
    message = message_from_bytes(body, policy=policy.default)
    for name, value in message_from_string(body.decode(), policy=policy.default).items():
        if not value.isascii():
            message.replace_header(name, value)
    return message


@contextmanager
def sink() -> Iterator[Sink]:
    """Serve until the end of the block, on a free port of this machine."""
    it, started = Sink(), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(it.serve, "127.0.0.1", 0)
        it.port = server.sockets[0].getsockname()[1]
        started.set()
        async with server:
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield it
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
