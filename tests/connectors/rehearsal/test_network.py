"""The network takes exactly what it documents and refuses the rest, as platforms do."""

import pytest
import requests

from connectors.providers.rehearsal.network import Network
from connectors.providers.rehearsal.shapes import ALT_TEXT_LIMIT, MOST_BYTES, TEXT_LIMIT
from connectors.providers.rehearsal.state import State
from connectors.testing import make_picture
from domain.clock import SystemClock
from tests.connectors.rehearsal.api import Api
from tests.support.servers import serve


def refused(answer: requests.Response, status: int, saying: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert saying in answer.json()["detail"]


class TestAccounts:
    def test_a_call_without_a_token_is_not_signed_in(self, api: Api) -> None:
        refused(api.session.get(f"{api.url}/api/account"), 401, "token")
        refused(api.call("GET", "api/account", headers={"Authorization": "Basic x"}), 401, "token")

    def test_a_token_opens_the_same_account_each_time(self, api: Api) -> None:
        first, second = api.call("GET", "api/account").json(), api.call("GET", "api/account").json()
        assert first == second
        assert first["handle"].startswith("rehearsal-")

    def test_an_expired_token_can_still_say_how_to_behave(self, api: Api) -> None:
        api.behave(token_expired=True)
        refused(api.call("GET", "api/account"), 401, "expired")
        refused(api.post(), 401, "expired")
        api.behave(token_expired=False)
        assert api.post().status_code == 201

    def test_without_credit_nothing_is_accepted(self, api: Api) -> None:
        api.behave(out_of_credit=True)
        refused(api.post(), 402, "credit")
        assert api.accepted() == []

    def test_behaviour_changes_only_where_it_is_told(self, api: Api) -> None:
        api.behave(zone="America/Chicago")
        api.behave(processing_seconds=5)
        told = api.call("GET", "api/behaviour").json()
        assert (told["zone"], told["processing_seconds"]) == ("America/Chicago", 5)
        refused(api.call("PATCH", "api/behaviour", json={"mood": "bad"}), 422, "mood")


class TestPosts:
    def test_a_post_stands_as_it_was_sent(self, api: Api) -> None:
        answer = api.post("Grüße 👋\nfrom us", link="https://clinic.example/flu")
        assert answer.status_code == 201
        told = answer.json()
        assert (told["state"], told["text"], told["link"]) == (
            "standing",
            "Grüße 👋\nfrom us",
            "https://clinic.example/flu",
        )
        assert api.call("GET", f"api/posts/{told['id']}").json() == told

    @pytest.mark.parametrize(
        ("fields", "saying"),
        [
            ({"text": "a" * (TEXT_LIMIT + 1)}, "text"),
            ({"text": "  "}, "words or a picture"),
            ({"text": "Hello", "mood": "good"}, "mood"),
            ({"text": 17}, "text"),
            ({"text": "Hello", "link": "javascript:alert(1)"}, "link"),
            ({"text": "Hello", "in_reply_to": "17"}, "in_reply_to"),
            ({"text": "Hello", "media_ids": ["17"]}, "Upload each picture"),
            ({"text": "Hello", "media_ids": ["1", "2", "3", "4", "5"]}, "media_ids"),
        ],
    )
    def test_what_is_not_right_is_refused_by_its_name(
        self, api: Api, fields: dict[str, object], saying: str
    ) -> None:
        refused(api.call("POST", "api/posts", json=fields), 422, saying)
        assert api.accepted() == []

    @pytest.mark.parametrize("body", [b"", b"nonsense", b"[1]", b"\xff"])
    def test_a_body_that_is_no_object_is_refused(self, api: Api, body: bytes) -> None:
        refused(api.call("POST", "api/posts", data=body), 400, "JSON object")

    def test_a_text_at_the_limit_counts_characters_and_not_bytes(self, api: Api) -> None:
        assert api.post("ü" * TEXT_LIMIT).status_code == 201

    def test_the_same_key_gives_the_same_post(self, api: Api) -> None:
        first, second = api.post("Once", key="k"), api.post("Once", key="k")
        assert first.json() == second.json()
        assert len(api.accepted()) == 1

    def test_a_key_used_for_other_words_is_refused(self, api: Api) -> None:
        api.post("Once", key="k")
        refused(api.post("Twice", key="k"), 409, "another post")
        assert [post["text"] for post in api.accepted()] == ["Once"]

    def test_keys_belong_to_their_account(self, api: Api) -> None:
        stranger = Api(api.url, api.state)
        with stranger.session:
            assert api.post("Ours", key="k").json()["id"] != stranger.post("Theirs", key="k").json()["id"]

    def test_a_reply_hangs_below_a_standing_post_of_the_same_account_only(self, api: Api) -> None:
        first = api.post("1").json()["id"]
        assert api.post("2", in_reply_to=first).json()["in_reply_to"] == first
        stranger = Api(api.url, api.state)
        with stranger.session:
            refused(stranger.post("3", in_reply_to=first), 422, "in_reply_to")
        api.call("DELETE", f"api/posts/{first}")
        refused(api.post("4", in_reply_to=first), 422, "in_reply_to")

    def test_posts_are_listed_by_key_and_by_time(self, api: Api) -> None:
        first = api.post("1", key="k/0").json()
        second = api.post("2", key="k/1").json()
        assert api.call("GET", "api/posts", params={"key": "k/0"}).json()["posts"] == [first]
        assert api.call("GET", "api/posts", params={"key": "other"}).json()["posts"] == []
        since = {"since": first["published_at"]}
        assert api.call("GET", "api/posts", params=since).json()["posts"] == [second, first]
        refused(api.call("GET", "api/posts", params={"colour": "blue"}), 422, "colour")

    def test_an_account_may_keep_its_posts_to_itself(self, api: Api) -> None:
        api.behave(answers_lookups=False)
        refused(api.call("GET", "api/posts", params={"key": "k"}), 403, "cannot be listed")

    def test_a_removed_post_is_gone_and_stays_in_the_record(self, api: Api) -> None:
        post_id = api.post("Gone", key="k").json()["id"]
        assert api.call("DELETE", f"api/posts/{post_id}").status_code == 204
        refused(api.call("DELETE", f"api/posts/{post_id}"), 410, "does not stand")
        refused(api.post("Gone", key="k"), 409, "taken down")
        assert [post["state"] for post in api.accepted()] == ["removed"]

    def test_posts_of_others_are_not_found(self, api: Api) -> None:
        post_id = api.post("Ours").json()["id"]
        stranger = Api(api.url, api.state)
        with stranger.session:
            for method, path in [("GET", ""), ("DELETE", ""), ("PUT", "/repost"), ("GET", "/comments")]:
                refused(stranger.call(method, f"api/posts/{post_id}{path}"), 404, "no such post")
            numbers = stranger.call("GET", "api/numbers", params={"ids": post_id})
            assert numbers.json()["posts"] == {}

    def test_a_network_that_works_first_accepts_and_shows_later(self, api: Api) -> None:
        api.behave(processing_seconds=3600)
        answer = api.post("Later", key="k")
        assert (answer.status_code, answer.json()["state"]) == (202, "processing")
        again = api.post("Later", key="k")
        assert (again.status_code, again.json()["id"]) == (202, answer.json()["id"])
        refused(api.call("PUT", f"api/posts/{answer.json()['id']}/repost"), 410, "does not stand")


class TestPictures:
    def test_a_picture_goes_up_first_and_is_shown_with_its_alt_text(self, api: Api) -> None:
        picture = api.upload(make_picture(), alt_text="Ein Quadrat, größer")
        assert picture.status_code == 201
        told = api.post("", media_ids=[picture.json()["id"]]).json()
        assert told["alt_texts"] == ["Ein Quadrat, größer"]

    def test_pictures_of_another_account_are_unknown(self, api: Api) -> None:
        stranger = Api(api.url, api.state)
        with stranger.session:
            theirs = stranger.upload(make_picture()).json()["id"]
        refused(api.post("Hello", media_ids=[theirs]), 422, "Upload each picture")

    @pytest.mark.parametrize(
        ("data", "media_type"),
        [
            (b"no picture", "image/png"),
            (make_picture(), "image/jpeg"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
            (b"", "image/png"),
        ],
    )
    def test_what_is_no_picture_is_refused(self, api: Api, data: bytes, media_type: str) -> None:
        refused(api.upload(data, media_type), 422, "file")

    def test_a_picture_that_is_too_large_is_refused(self, api: Api) -> None:
        refused(api.upload(make_picture() + bytes(MOST_BYTES)), 413, "MB")

    def test_an_alt_text_that_is_too_long_is_refused(self, api: Api) -> None:
        refused(api.upload(make_picture(), alt_text="a" * (ALT_TEXT_LIMIT + 1)), 422, "alt_text")

    def test_unknown_fields_are_refused(self, api: Api) -> None:
        refused(api.upload(make_picture(), caption="A square"), 422, "one file")
        refused(api.call("POST", "api/media", data={"alt_text": "No file"}), 422, "one file")


class TestAround:
    def test_a_repost_lasts_until_it_is_ended(self, api: Api) -> None:
        path = f"api/posts/{api.post().json()['id']}/repost"
        first = api.call("PUT", path).json()["id"]
        assert api.call("PUT", path).json()["id"] == first
        assert [api.call("DELETE", path).status_code for _ in range(2)] == [204, 204]

    def test_comments_are_kept_in_order(self, api: Api) -> None:
        path = f"api/posts/{api.post().json()['id']}/comments"
        written = [api.call("POST", path, json={"text": text}).json()["id"] for text in ("one", "two")]
        told = api.call("GET", path).json()["comments"]
        assert told == [{"id": written[0], "text": "one"}, {"id": written[1], "text": "two"}]
        refused(api.call("POST", path, json={"text": ""}), 422, "text")

    def test_numbers_are_marked_as_simulated(self, api: Api) -> None:
        post_id = api.post().json()["id"]
        told = api.call("GET", "api/numbers", params={"ids": f"{post_id},17"}).json()
        assert told["simulated"] is True
        assert set(told["posts"]) == {post_id}
        assert "clicks" not in told["posts"][post_id]

    def test_numbers_of_too_many_posts_are_refused(self, api: Api) -> None:
        ids = ",".join(str(number) for number in range(101))
        refused(api.call("GET", "api/numbers", params={"ids": ids}), 422, "at most")


def test_behind_a_closed_door_an_unknown_token_opens_nothing() -> None:
    state = State()
    with serve(Network(state, SystemClock()).app()) as url:
        stranger, friend = Api(url, state), Api(url, state)
        state.welcome(friend.token)
        with stranger.session, friend.session:
            refused(stranger.call("GET", "api/account"), 401, "Nobody here")
            assert friend.call("GET", "api/account").status_code == 200
    state.close()
