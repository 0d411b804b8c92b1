"""Plug the real decision into a line protocol, so that any harness can judge it.

`python -m bench.promotion_ranker --mode timely` reads one JSON decision a line and answers each with a line
{"decision_id": ..., "promote": [ids]}. A decision holds `k` places, `channels` with their finished posts
(null after the first decision of a week), `posts` with readings, and for the task "online" how the week goes
on.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.words import PromotionMode
from promotion.budget import Allowance
from promotion.decide import Candidate, ChannelFacts, PromotionFacts, decide
from promotion.judge import RULES, Rule, Verdict
from promotion.norm import Norm, learn
from promotion.prior import FINISHED_HOURS
from promotion.readings import PastPost, Snapshot

NOW = datetime(2026, 1, 5, tzinfo=UTC)  # any instant will do: only ages count
FILL = Rule(
    mode=PromotionMode.EVERGREEN,
    tau=0,
    last_tau=0,
    youngest_hours=0,
    oldest_hours=None,
    fewest_acts=0,
    fewest_impressions=0,
    most_below_median=1,
)
"""For tasks where every place must be filled at once: rank only, no floor."""

Decision = Mapping[str, Any]


class Ranker:
    """Answers the decisions of one harness run in their order."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._norms: dict[str, Norm] = {}

    def choose(self, decision: Decision) -> list[str]:
        """The ids of the posts to promote now."""
        if decision["channels"] is not None:
            self._norms = {name: learn(_history(told)) for name, told in decision["channels"].items()}
        proposals = decide(self._facts(decision))
        return [p.evidence.publication_id for p in proposals if p.ruling.verdict is Verdict.PROMOTE]

    def _facts(self, decision: Decision) -> PromotionFacts:
        places, coming = int(decision["k"]), float(decision.get("expected_new_posts", 0.0))
        return PromotionFacts(
            now=NOW,
            rule=self._rule_for(decision),
            allowance=Allowance(practice=places, channels=dict.fromkeys(self._norms, places)),
            channels=tuple(
                ChannelFacts(channel_id=name, norm=norm, expected=coming / len(self._norms))
                for name, norm in self._norms.items()
            ),
            candidates=tuple(_candidate(post) for post in decision["posts"]),
            next_look_hours=decision.get("tick_h", 0.0),
            review_due=decision["task"] != "online",
        )

    def _rule_for(self, decision: Decision) -> Rule:
        if decision["task"] == "online":
            return self._rule.model_copy(update={"oldest_hours": decision["max_age_h"]})
        return self._rule if decision["task"] == "review" else FILL


def _history(told: Decision) -> list[PastPost]:
    return [
        PastPost(
            final=post.get("final", post.get("clicks")),
            impressions=post.get("impressions"),
            snapshots=_snapshots(post),
        )
        for post in told["history"]
    ]


def _snapshots(post: Decision) -> tuple[Snapshot, ...]:
    return tuple(Snapshot(age_hours=age, count=count) for age, count in post.get("snapshots", ()))


def _candidate(post: Decision) -> Candidate:
    age, snapshots = post["age_h"], _snapshots(post)
    if age is None:
        age = FINISHED_HOURS
        snapshots = (Snapshot(age_hours=age, count=post["clicks"], impressions=post["impressions"]),)
    return Candidate(
        publication_id=post["id"],
        channel_id=post["channel"],
        published_at=NOW - timedelta(hours=age),
        snapshots=snapshots,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--mode", type=PromotionMode, choices=list(PromotionMode), default=PromotionMode.NORMAL
    )
    ranker = Ranker(RULES[parser.parse_args().mode])
    for line in sys.stdin:
        decision = json.loads(line)
        answer = {"decision_id": decision["decision_id"], "promote": ranker.choose(decision)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
