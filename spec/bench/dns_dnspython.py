"""The DNS benchmark by dnspython: prints microseconds of processor time a query, queries a second, and how many went wrong.

One query after the other, as dnspython is mostly used; `python3 spec/bench/dns_dnspython.py PORT`.
"""
import resource
import sys
import time

import dns.resolver

QUERIES = 3000


def processor_time():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], int(sys.argv[1])
    wrong, wall, processor = 0, time.monotonic(), processor_time()
    for number in range(1, QUERIES + 1):
        answer = resolver.resolve(f"d{number:06}.customers.test", "TXT", search=False)
        wrong += len(answer) != 1
    processor, wall = processor_time() - processor, time.monotonic() - wall
    print(f"{processor / QUERIES * 1e6:.2f} {QUERIES / wall:.0f} {wrong}")


main()
