"""The mail servers of other people: accepts mail, keeps it, refuses whom the
file "refuse" names.

usage: sink.py DIRECTORY        prints its port

Each message becomes DIRECTORY/N.json: {"sender", "recipients", "text"}. A
line of DIRECTORY/refuse is "ADDRESS CODE STATUS TEXT".
"""
import asyncio
import json
import os
import sys

from aiosmtpd.smtp import SMTP


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

    async def handle_RCPT(self, _server, _session, envelope, address,
                          _options):
        refusal = self.refusals().get(address)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server, _session, envelope):
        self.count += 1
        path = os.path.join(self.directory, f"{self.count}.json")
        with open(path + ".new", "w", encoding="utf-8") as f:
            json.dump({"sender": envelope.mail_from,
                       "recipients": envelope.rcpt_tos,
                       "text": envelope.content.decode("latin-1")}, f)
        os.rename(path + ".new", path)
        return "250 2.0.0 Ok: kept"


async def main(directory):
    keeper = Keeper(directory)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="mx.example.net"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(sys.argv[1]))
