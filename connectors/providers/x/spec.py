"""What X declares about itself, by its documentation."""

from datetime import timedelta

from connectors.base import AuthKind, CredentialField, Grade, LookupStrength, MediaRules, Quota, Spec
from connectors.providers.x.checks import ALT_TEXT_MAX, GIF_BYTES, MAX_PICTURES, TEXT_LIMIT, THREAD_MAX, TYPES
from connectors.providers.x.client import API_URL
from connectors.providers.x.counting import weigh

READING = frozenset({"tweet.read", "users.read"})
WRITING = READING | {"tweet.write"}

SPEC = Spec(
    key="x",
    label="X",
    auth=AuthKind.OAUTH2,
    text_limit=TEXT_LIMIT,
    count_text=weigh,
    thread_max=THREAD_MAX,
    carries_link=False,
    # A first comment would be a reply to oneself, which is what the second part of a thread is, and that one
    # is written ahead, looked up and resumed. So there is one way, not two.
    carries_first_comment=False,
    media=MediaRules(
        max_assets=MAX_PICTURES,
        types=TYPES,  # pictures and GIFs; no video in this version
        max_bytes=GIF_BYTES,  # stills: 5 MB, checked apart
        alt_text_max=ALT_TEXT_MAX,
    ),
    scopes={
        "publish": WRITING | {"media.write"},
        "lookup": READING,
        "measure": READING,
        "repost": WRITING,
        "retract": WRITING,
        "refresh": frozenset({"offline.access"}),
    },
    credentials=(
        CredentialField(
            "access_token",
            "Access token",
            hint="OAuth 1.0a (digits, a dash, letters; lasts), or OAuth 2.0's bearer token.",
        ),
        CredentialField(
            "access_token_secret", "Access token secret", required=False, hint="OAuth 1.0a only."
        ),
        CredentialField(
            "consumer_key", "Consumer key (API key)", required=False, hint="Of your own app; OAuth 1.0a only."
        ),
        CredentialField(
            "consumer_secret", "Consumer secret (API key secret)", required=False, hint="OAuth 1.0a only."
        ),
        CredentialField(
            "refresh_token",
            "Refresh token",
            required=False,
            hint="OAuth 2.0 only. Works once, then is replaced.",
        ),
        CredentialField(
            "client_id", "Client id", secret=False, required=False, hint="Of your own app; OAuth 2.0 only."
        ),
        CredentialField(
            "client_secret", "Client secret", required=False, hint="OAuth 2.0; a public app has none."
        ),
    ),
    options={
        "monthly_cap_usd": "The most this channel may spend on X in a calendar month, in US dollars.",
        "text_limit": "How long a post may be: 280, or more for a Premium account.",
        "reply_settings": "Who may reply: following, mentionedUsers, subscribers, verified; empty: all.",
        "made_with_ai": "Discloses that pictures were made with AI.",
        "paid_partnership": "Discloses a paid partnership.",
    },
    default_base_url=API_URL,
    quota=Quota(calls=300, window=timedelta(hours=3)),  # posts and reposts together: the lower of two figures
    charges=True,
    lookup=LookupStrength.BY_CONTENT,
    slots=4,
    grade=Grade.CONTRACT,
    glyph="M3 3l10 10M13 3L3 13",
)
