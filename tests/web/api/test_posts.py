"""Posts over the API: create, find, edit, check, withdraw."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.web.api.world import Caller, World, done, png

WORDS = "Flu shots are in. Walk in any weekday."


def given(api: World, **more: Any) -> dict[str, Any]:
    return {"text": WORDS, "channels": [api.channel_id], "wall": "2027-03-02T09:30"} | more


def test_a_created_post_comes_back_with_everything_it_was_given(api: World, author: Caller) -> None:
    made = author.post("/posts", **given(api, title="Flu", campaign="Autumn", labels=["b", "a"]))
    shown = author.get(f"/posts/{made['id']}")
    assert shown == made
    assert (shown["title"], shown["state"], shown["labels"]) == ("Flu", "draft", ["a", "b"])
    assert (shown["campaign"]["name"], shown["due_at"]) == ("Autumn", "2027-03-02T14:30:00Z")
    assert shown["author"]["name"] == "Maya Lindqvist"
    assert [revision["number"] for revision in shown["revisions"]] == [1]
    assert shown["variants"][0]["content"]["text"] == WORDS
    assert author.get("/campaigns")["items"] == [shown["campaign"]]


def test_posts_are_found_by_state_time_label_campaign_channel_and_author(api: World, author: Caller) -> None:
    flu = author.post("/posts", **given(api, title="flu", labels=["winter"], campaign="Autumn"))
    bare = author.post("/posts", text="No time yet.", title="bare")
    author.post(f"/posts/{bare['id']}/withdraw")

    def titles(**query: Any) -> list[str]:
        return [post["title"] for post in author.get("/posts", **query)["items"]]

    assert titles() == ["flu", "bare"]
    assert titles(state="withdrawn") == ["bare"]
    assert titles(state=["draft", "withdrawn"]) == ["flu", "bare"]
    assert titles(since="2027-03-02T00:00:00Z", until="2027-03-03T00:00:00Z") == ["flu"]
    assert titles(until="2027-03-02T14:30:00Z") == []
    assert titles(label="winter") == titles(channel_id=api.channel_id) == ["flu"]
    assert titles(campaign_id=flu["campaign"]["id"]) == ["flu"]
    assert titles(author_id=api.practice.approver.member_id) == []


def test_pages_follow_one_another_without_gaps(api: World, author: Caller) -> None:
    made = [author.post("/posts", text=f"Number {number}.")["id"] for number in range(5)]
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        part = author.get("/posts", limit=2, offset=offset)
        seen += [post["id"] for post in part["items"]]
        offset = part["next"]
    assert seen == made


def test_an_edit_of_an_older_version_is_refused_and_loses_nothing(api: World, author: Caller) -> None:
    post = author.post("/posts", **given(api))
    edited = author.put(f"/posts/{post['id']}", **given(api, text="First.", version=post["version"]))
    late = given(api, text="Second.", version=post["version"])
    assert "Open it again" in author.refused(409, "PUT", f"/posts/{post['id']}", json=late)["error"]
    assert author.get(f"/posts/{post['id']}") == edited
    assert [each["content"]["text"] for each in edited["revisions"]] == [WORDS, "First."]
    assert author.get(f"/posts/{post['id']}/revisions/1")["variants"][0]["content"]["text"] == WORDS


def test_the_same_key_creates_one_post_also_at_the_same_moment(api: World, author: Caller) -> None:
    def create(_: int) -> str:
        answer = author.call("POST", "/posts", json=given(api), headers={"Idempotency-Key": "march-17"})
        return str(done(answer)["id"])

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(create, range(4)))
    assert len(ids) == 1
    assert len(author.get("/posts")["items"]) == 1


def test_one_channel_may_differ_in_words_and_pictures(api: World, author: Caller) -> None:
    picture = done(author.call("POST", "/pictures", files={"file": ("nurse.png", png())}))
    own = {"text": "Shorter.", "pictures": [{"digest": picture["digest"], "alt_text": "A nurse."}]}
    [variant] = author.post("/posts", **given(api, overrides={api.channel_id: own}))["variants"]
    assert variant["content"]["text"] == "Shorter."
    [asset] = variant["content"]["assets"]
    assert (asset["media_type"], asset["width"], asset["alt_text"]) == ("image/png", 8, "A nurse.")


def test_a_picture_that_is_not_here_is_refused_in_a_variant_too(api: World, author: Caller) -> None:
    strange = {"pictures": [{"digest": "0" * 64}]}
    author.refused(404, "POST", "/posts", json=given(api, overrides={api.channel_id: strange}))
    author.refused(404, "POST", "/posts", json=given(api, **strange))
    assert author.get("/posts")["items"] == []


def test_times_that_clocks_skip_or_show_twice_are_asked_about(api: World, author: Caller) -> None:
    skipped = given(api, wall="2027-03-14T02:30")
    assert "Clocks skip 02:30" in author.refused(422, "POST", "/posts", json=skipped)["error"]
    twice = given(api, wall="2027-11-07T01:30")
    assert "Say which: EDT or EST" in author.refused(422, "POST", "/posts", json=twice)["error"]
    summer = author.post("/posts", **twice, marker="EDT")
    assert summer["due_at"] == "2027-11-07T05:30:00Z"
    winter = author.post("/posts", **twice, marker="-05:00")
    assert winter["due_at"] == "2027-11-07T06:30:00Z"
    unknown = given(api, zone="Eastern")
    assert "America/New_York" in author.refused(422, "POST", "/posts", json=unknown)["error"]


def test_checking_tells_findings_by_key_and_never_the_words(api: World, author: Caller) -> None:
    post = author.post("/posts", **given(api, text="Call Jane's daughter at (212) 555-0188."))
    checked = author.get(f"/posts/{post['id']}/check")
    assert checked["blocked"]
    finding = next(each for each in checked["findings"] if each["rule"] == "PHI-02")
    assert finding["key"].startswith(f"PHI-02:{api.channel_id}:text:")
    assert "0188" not in str(finding)


def test_who_may_not_write_is_told_who_may(api: World, admin: Caller) -> None:
    admin.put(f"/members/{api.practice.author.member_id}/roles", roles=["auditor"])
    auditor = api.as_(api.practice.author)
    assert "Ask an admin" in auditor.refused(403, "POST", "/posts", json=given(api))["error"]
