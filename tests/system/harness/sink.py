"""The mail servers of other people: accepts mail, keeps it, refuses whom the
file "refuse" names. Where there is a file "dsn" it offers DSN (RFC 3461).

usage: sink.py DIRECTORY        prints its port

Each message becomes DIRECTORY/N.json: {"sender", "envid", "recipients", "text"}. A
line of DIRECTORY/refuse is "ADDRESS CODE STATUS TEXT".
"""
import asyncio
import json
import os
import re
import sys

from aiosmtpd.smtp import SMTP


class Server(SMTP):
    """Takes the parameters of DSN, which aiosmtpd does not know, off."""
    async def smtp_MAIL(self, arg):
        self.envid = (re.search(r" ENVID=(\S+)", arg) or [None, ""])[1]
        await super().smtp_MAIL(re.sub(r" (ENVID|RET)=\S+", "", arg))

    async def smtp_RCPT(self, arg):
        await super().smtp_RCPT(re.sub(r" (ORCPT|NOTIFY)=\S+", "", arg))


class Keeper:
    def __init__(self, directory):
        self.directory = directory
        self.count = 0

    def refusals(self):
        try:
            with open(os.path.join(self.directory, "refuse"),
                      encoding="utf-8") as f:
                return dict(line.rstrip("\n").split(" ", 1) for line in f)
        except FileNotFoundError:
            return {}

    async def handle_EHLO(self, _server, session, _envelope, hostname,
                          responses):
        session.host_name = hostname
        if os.path.exists(os.path.join(self.directory, "dsn")):
            responses.insert(1, "250-DSN")
        return responses

    async def handle_RCPT(self, _server, _session, envelope, address,
                          _options):
        refusal = self.refusals().get(address)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, _session, envelope):
        self.count += 1
        path = os.path.join(self.directory, f"{self.count}.json")
        with open(path + ".new", "w", encoding="utf-8") as f:
            json.dump({"sender": envelope.mail_from,
                       "envid": server.envid,
                       "recipients": envelope.rcpt_tos,
                       "text": envelope.content.decode("latin-1")}, f)
        os.rename(path + ".new", path)
        return "250 2.0.0 Ok: kept"


async def main(directory):
    keeper = Keeper(directory)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Server(keeper, hostname="mx.example.net"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(sys.argv[1]))
