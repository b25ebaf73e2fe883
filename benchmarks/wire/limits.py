"""Discord's rate limits: what a route allows, said with every answer, and 429 for what is too much.

Edits and posts of messages are limited for each channel; answers to interactions have no such limit, only a
few requests each. On top there is one limit for the whole bot, which interactions do not count towards.
"""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass, field
from typing import Final

import orjson

from benchmarks.wire.http import Answer

EDITS: Final = (5, 5.0)  # requests in so many seconds, of one channel
POSTS: Final = (5, 5.0)
OTHERS: Final = (20, 1.0)
GLOBAL: Final = (50, 1.0)  # of everything but interactions
JSON: Final = b"Content-Type: application/json\r\n"

# What Discord says of an answer to an interaction: five requests each, of which this was one.
INTERACTION: Final = JSON + (
    b"X-RateLimit-Bucket: interaction\r\nX-RateLimit-Limit: 5\r\nX-RateLimit-Remaining: 4\r\n"
    b"X-RateLimit-Reset-After: 1.000\r\n"
)


@dataclass(slots=True)
class Bucket:
    """So many requests in each window; a window begins with its first request."""

    limit: int
    window: float
    begun: float = float("-inf")
    used: int = 0

    def take(self, now: float) -> bool:
        """Use one, if one is left."""
        if now >= self.begun + self.window:
            self.begun, self.used = now, 0
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    def reset_after(self, now: float) -> float:
        return max(0.0, self.begun + self.window - now)


@dataclass(slots=True)
class Limits:
    """The buckets of one bot; `refused` counts its 429s by route. Unless `on`, nothing is too much."""

    buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    everything: Bucket = field(default_factory=lambda: Bucket(*GLOBAL))
    refused: dict[str, int] = field(default_factory=dict)
    on: bool = True

    def take(self, method: str, parts: list[str]) -> tuple[Answer | None, bytes]:
        """The refusal of a request if it is too much, and the headers that its answer gets otherwise."""
        if not self.on:
            return None, JSON
        route, allowed, major = _route(method, parts)
        bucket = self.buckets.setdefault((route, major), Bucket(*allowed))
        now = time.monotonic()
        if not bucket.take(now):
            return self._refuse(route, bucket, now), b""
        if not self.everything.take(now):
            return self._refuse(route, self.everything, now), b""
        return None, _headers(route, bucket, now)

    def spend(self, method: str, path: str, times: int) -> None:
        """Somebody else uses up what a route allows: a second process, or a person with the same token."""
        route, allowed, major = _route(method, path.strip("/").split("/"))
        bucket = self.buckets.setdefault((route, major), Bucket(*allowed))
        for _ in range(times):
            bucket.take(time.monotonic())

    def _refuse(self, route: str, bucket: Bucket, now: float) -> Answer:
        self.refused[route] = self.refused.get(route, 0) + 1
        after, everywhere = bucket.reset_after(now), bucket is self.everything
        said = {"message": "You are being rate limited.", "retry_after": after, "global": everywhere}
        scope = b"global" if everywhere else b"user"
        headers = b"Retry-After: %d\r\nVia: 1.1 google\r\nX-RateLimit-Scope: %s\r\n" % (int(after) + 1, scope)
        if everywhere:
            headers += b"X-RateLimit-Global: true\r\n"
        return Answer(429, orjson.dumps(said), _headers(route, bucket, now) + headers)


def _route(method: str, parts: list[str]) -> tuple[str, tuple[int, float], str]:
    """The name of the route, what it allows, and whom: each channel or server has buckets of its own."""
    major = parts[2] if len(parts) > 2 else ""
    shape = "/".join("*" if part.isdigit() else part for part in parts[1:])
    if shape == "channels/*/messages/*" and method == "PATCH":
        return f"{method} {shape}", EDITS, major
    if shape == "channels/*/messages" and method == "POST":
        return f"{method} {shape}", POSTS, major
    return f"{method} {shape}", OTHERS, major


def _headers(route: str, bucket: Bucket, now: float) -> bytes:
    name = b"%08x" % zlib.crc32(route.encode())
    after = bucket.reset_after(now)
    return JSON + (
        b"X-RateLimit-Bucket: %s\r\nX-RateLimit-Limit: %d\r\nX-RateLimit-Remaining: %d\r\n"
        b"X-RateLimit-Reset: %.3f\r\nX-RateLimit-Reset-After: %.3f\r\n"
        % (name, bucket.limit, bucket.limit - bucket.used, time.time() + after, after)
    )
