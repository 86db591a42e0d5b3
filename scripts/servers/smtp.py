"""A real SMTP server on loopback for tests: see smtp.sh for its options.

Each accepted mail is written to the directory as NNNN.eml, byte for byte as it came, and as
NNNN.json: the envelope and what Python's own mail parser makes of it. A recipient whose name is
`reply-CODE`, such as reply-550@example.org, is answered with that code.
"""

import argparse
import asyncio
import email
import email.policy
import json
import pathlib
import re
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Mailbox:
    """Writes what arrives, and refuses the recipients that ask for it."""

    def __init__(self, directory):
        self.directory = directory
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        wanted = re.match(r"reply-(\d{3})@", address)
        if wanted:
            return f"{wanted[1]} as asked"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = f"{self.count:04}"
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        seen = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "login": session.auth_data,
            "headers": [[name, str(value)] for name, value in mail.items()],
            "parts": [
                {"type": part.get_content_type(), "text": part.get_content()}
                for part in mail.walk()
                if not part.is_multipart()
            ],
        }
        (self.directory / f"{name}.eml").write_bytes(envelope.original_content)
        (self.directory / f"{name}.json").write_text(json.dumps(seen, indent=1))
        return f"250 queued as {name}"


def authenticator(login):
    """Accepts exactly one user and password."""
    user, _, password = login.partition(":")

    def check(server, session, envelope, mechanism, data):
        right = data.login == user.encode() and data.password == password.encode()
        return AuthResult(success=right, handled=False, auth_data=user if right else None)

    return check


async def serve(options):
    directory = pathlib.Path(options.directory)
    context = None
    if options.tls or options.starttls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(directory / "cert.pem", directory / "key.pem")
    settings = {"hostname": "localhost", "ident": "Lakegate test server"}
    if options.starttls:
        settings |= {"tls_context": context, "require_starttls": True}
    if options.auth:
        settings |= {
            "authenticator": authenticator(options.auth),
            "auth_required": True,
            "auth_require_tls": options.starttls,
        }
    mailbox = Mailbox(directory)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, loop=loop, **settings),
        "127.0.0.1",
        options.port,
        ssl=context if options.tls else None,
    )
    port = server.sockets[0].getsockname()[1]
    (directory / "port").write_text(f"{port}\n")
    print(port, flush=True)
    if options.until_input_ends:
        await loop.run_in_executor(None, sys.stdin.buffer.read)
    else:
        await server.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("port", type=int)
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--auth", metavar="USER:PASS")
    parser.add_argument("--until-input-ends", action="store_true")
    asyncio.run(serve(parser.parse_args()))


main()
