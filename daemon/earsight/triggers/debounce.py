"""Takes the chatter of contacts out of a button's edges. Pure, like the gestures."""

from __future__ import annotations


class Debouncer:
    """Passes the first edge on at once (the wearer hears the press without delay), then lets the contacts
    settle for `settle` seconds, and after that passes on where they came to rest, if that differs.

    So no press is lost and none is left hanging, unlike with filters that drop edges. Edges are
    (time, down) on one clock; call expire at `deadline`.
    """

    def __init__(self, settle: float, down: bool) -> None:
        self._settle = settle
        self._passed = self._newest = down
        self._deadline: float | None = None

    @property
    def deadline(self) -> float | None:
        """When expire wants to be called; None while the contacts are at rest."""
        return self._deadline

    def edge(self, t: float, down: bool) -> list[tuple[float, bool]]:
        passed = self.expire(t)
        self._newest = down
        if self._deadline is None:
            passed += self._pass(t)
        return passed

    def expire(self, t: float) -> list[tuple[float, bool]]:
        if self._deadline is None or t < self._deadline:
            return []
        settled, self._deadline = self._deadline, None
        return self._pass(settled)

    def _pass(self, t: float) -> list[tuple[float, bool]]:
        if self._newest == self._passed:
            return []
        self._passed = self._newest
        if self._settle > 0:
            self._deadline = t + self._settle
        return [(t, self._passed)]
