"""What a practice says of itself and chooses: its name and zone, its public profile, its settings."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.actor import Actor
from domain.clock import Clock
from domain.practice import PracticeSettings
from domain.profile import Profile
from domain.words import Role
from people.access import checked_zone
from people.fields import BadField
from store.database import Database
from store.models import Practice


@dataclass(frozen=True)
class Describing:
    """What an admin changes about the practice. Each change is written to the audit chain."""

    database: Database
    clock: Clock

    def rename(self, actor: Actor, name: str, zone: str) -> None:
        """Change the practice's name and the zone of its wall clock; posts that have a time keep it."""
        if not name.strip():
            raise BadField("name", "The practice has no name. Write it as patients know it.")
        wanted = checked_zone(zone)

        def change(practice: Practice) -> dict[str, object]:
            practice.name, practice.zone = name.strip()[:200], wanted
            return {"name": practice.name, "zone": practice.zone}

        self._change(actor, "practice_renamed", change)

    def set_profile(self, actor: Actor, profile: Profile) -> None:
        """Replace the facts that the guard knows as the practice's own."""

        def change(practice: Practice) -> dict[str, object]:
            practice.profile = profile.model_dump(mode="json")
            return {"profile": practice.profile}

        self._change(actor, "profile_changed", change)

    def set_settings(self, actor: Actor, settings: PracticeSettings) -> None:
        """Replace the practice's choices about lateness and promotions."""

        def change(practice: Practice) -> dict[str, object]:
            practice.settings = settings.model_dump(mode="json")
            return {"settings": practice.settings}

        self._change(actor, "settings_changed", change)

    def _change(self, actor: Actor, action: str, change: Callable[[Practice], dict[str, object]]) -> None:
        actor.require(Role.ADMIN, what="change the practice's profile and settings")
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            detail = change(scope.practices.get())
            scope.audit.record(actor.audit_name, action, f"practice:{scope.id}", self.clock.now(), **detail)
            work.commit()
