"""What the database itself refuses, whoever asks: the triggers behind the laws, for both databases.

History is never changed or deleted. A practice that was born as a demonstration may be removed whole.
"""

NEVER_CHANGED = ("revisions", "variants", "decisions", "approved_variants", "receipts", "audit_entries")
NEVER_DELETED = (*NEVER_CHANGED, "approvals", "publications", "attempts", "submissions", "findings")
FIXED_COLUMNS = {
    "practices": ("demo",),
    "publications": ("practice_id", "post_id", "approval_id", "channel_id", "fingerprint"),
    "approvals": ("practice_id", "post_id", "submission_id", "revision_id", "fingerprint"),
}

_VOIDED = "SELECT 1 FROM approvals a WHERE a.id = NEW.approval_id AND a.voided_at IS NOT NULL"
_SAME_REVISION = (
    "SELECT 1 FROM variants v JOIN approvals a ON a.id = NEW.approval_id"
    " WHERE v.id = NEW.variant_id AND v.revision_id = a.revision_id"
)
_SIGNED = (
    "SELECT 1 FROM decisions d WHERE d.submission_id = NEW.submission_id"
    " AND d.fingerprint = NEW.fingerprint AND d.kind = 'approve'"
)


def create(dialect: str) -> list[str]:
    """The statements that put every guard up."""
    return _create_postgresql() if dialect == "postgresql" else _create_sqlite()


def drop(dialect: str) -> list[str]:
    """The statements that take every guard down again."""
    if dialect == "postgresql":
        drops = [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in _names()]
        return [*drops, *(f"DROP FUNCTION IF EXISTS {function}" for function in _FUNCTIONS)]
    return [f"DROP TRIGGER IF EXISTS {name}" for name, _ in _names()]


def _names() -> list[tuple[str, str]]:
    return [
        *((f"{table}_never_changed", table) for table in NEVER_CHANGED),
        *((f"{table}_never_deleted", table) for table in NEVER_DELETED),
        *((f"{table}_fixed", table) for table in FIXED_COLUMNS),
        ("approvals_stay_void", "approvals"),
        ("approvals_are_signed", "approvals"),
        ("approved_variants_are_its_own", "approved_variants"),
        ("publications_are_approved", "publications"),
        ("publications_leave_approved", "publications"),
    ]


def _create_sqlite() -> list[str]:
    def refuse(message: str) -> str:
        return f"BEGIN SELECT RAISE(ABORT, '{message}'); END"

    born = "(SELECT demo FROM practices WHERE id = OLD.practice_id) = 0"
    return [
        *(
            f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table} "
            + refuse(f"{table} are never changed")
            for table in NEVER_CHANGED
        ),
        *(
            f"CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table} WHEN {born} "
            + refuse(f"{table} are never deleted")
            for table in NEVER_DELETED
        ),
        *(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {', '.join(columns)} ON {table} WHEN "
            + " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
            + " "
            + refuse(f"{table} keep what they were made of")
            for table, columns in FIXED_COLUMNS.items()
        ),
        "CREATE TRIGGER approvals_stay_void BEFORE UPDATE OF voided_at ON approvals"
        " WHEN OLD.voided_at IS NOT NULL AND OLD.voided_at IS NOT NEW.voided_at "
        + refuse("a void approval stays void"),
        f"CREATE TRIGGER approvals_are_signed BEFORE INSERT ON approvals WHEN NOT EXISTS ({_SIGNED}) "
        + refuse("an approval needs a signed decision"),
        "CREATE TRIGGER approved_variants_are_its_own BEFORE INSERT ON approved_variants"
        f" WHEN NOT EXISTS ({_SAME_REVISION}) " + refuse("an approval is for its own revision"),
        f"CREATE TRIGGER publications_are_approved BEFORE INSERT ON publications WHEN EXISTS ({_VOIDED}) "
        + refuse("this approval is void"),
        "CREATE TRIGGER publications_leave_approved BEFORE UPDATE OF state ON publications"
        f" WHEN NEW.state = 'dispatching' AND OLD.state <> 'dispatching' AND EXISTS ({_VOIDED}) "
        + refuse("this approval is void"),
    ]


_FUNCTIONS = (
    "rounds_never_changed()",
    "rounds_never_deleted()",
    "rounds_fixed()",
    "rounds_stay_void()",
    "rounds_signed()",
    "rounds_same_revision()",
    "rounds_not_void()",
)


def _create_postgresql() -> list[str]:
    def function(name: str, body: str) -> str:
        return f"CREATE FUNCTION {name} RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"

    fixed = {
        table: " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        for table, columns in FIXED_COLUMNS.items()
    }
    return [
        function("rounds_never_changed()", "RAISE EXCEPTION '% are never changed', TG_TABLE_NAME;"),
        function(
            "rounds_never_deleted()",
            "IF (SELECT demo FROM practices WHERE id = OLD.practice_id) THEN RETURN OLD; END IF;"
            " RAISE EXCEPTION '% are never deleted', TG_TABLE_NAME;",
        ),
        function("rounds_fixed()", "RAISE EXCEPTION '% keep what they were made of', TG_TABLE_NAME;"),
        function("rounds_stay_void()", "RAISE EXCEPTION 'a void approval stays void';"),
        function(
            "rounds_signed()",
            f"IF NOT EXISTS ({_SIGNED}) THEN RAISE EXCEPTION 'an approval needs a signed decision'; END IF;"
            " RETURN NEW;",
        ),
        function(
            "rounds_same_revision()",
            f"IF NOT EXISTS ({_SAME_REVISION}) THEN RAISE EXCEPTION 'an approval is for its own revision';"
            " END IF; RETURN NEW;",
        ),
        function(
            "rounds_not_void()",
            f"IF EXISTS ({_VOIDED}) THEN RAISE EXCEPTION 'this approval is void'; END IF; RETURN NEW;",
        ),
        *(
            f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION rounds_never_changed()"
            for table in NEVER_CHANGED
        ),
        *(
            f"CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION rounds_never_deleted()"
            for table in NEVER_DELETED
        ),
        *(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table}"
            f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION rounds_fixed()"
            for table, condition in fixed.items()
        ),
        (
            "CREATE TRIGGER approvals_stay_void BEFORE UPDATE ON approvals FOR EACH ROW"
            " WHEN (OLD.voided_at IS NOT NULL AND OLD.voided_at IS DISTINCT FROM NEW.voided_at)"
            " EXECUTE FUNCTION rounds_stay_void()"
        ),
        (
            "CREATE TRIGGER approvals_are_signed BEFORE INSERT ON approvals"
            " FOR EACH ROW EXECUTE FUNCTION rounds_signed()"
        ),
        (
            "CREATE TRIGGER approved_variants_are_its_own BEFORE INSERT ON approved_variants"
            " FOR EACH ROW EXECUTE FUNCTION rounds_same_revision()"
        ),
        (
            "CREATE TRIGGER publications_are_approved BEFORE INSERT ON publications"
            " FOR EACH ROW EXECUTE FUNCTION rounds_not_void()"
        ),
        (
            "CREATE TRIGGER publications_leave_approved BEFORE UPDATE ON publications FOR EACH ROW"
            " WHEN (NEW.state = 'dispatching' AND OLD.state <> 'dispatching')"
            " EXECUTE FUNCTION rounds_not_void()"
        ),
    ]
