"""A name server for one zone file: DIRECTORY/zone, in BIND's form.

usage: nameserver.py DIRECTORY         prints its port (UDP)
"""
import os
import sys
import threading

from dnslib.server import DNSLogger, DNSServer
from dnslib.zoneresolver import ZoneResolver

with open(os.path.join(sys.argv[1], "zone"), encoding="utf-8") as zone:
    server = DNSServer(ZoneResolver(zone), address="127.0.0.1", port=0,
                       logger=DNSLogger("-request,-reply", prefix=False))
server.start_thread()
print(server.server.server_address[1], flush=True)
threading.Event().wait()
