"""The one reader of the environment. Everything a server's owner may set, with a default that works."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from ROUNDS_* variables and, when present, from `rounds.env` in the working folder."""

    model_config = SettingsConfigDict(env_prefix="ROUNDS_", env_file="rounds.env", extra="ignore")

    data_dir: Path = Field(default=Path("data"), description="Database, media, keys and sites lie here.")
    database_url: str = Field(default="", description="postgresql://… ; empty: SQLite in the data folder.")
    host: str = Field(default="127.0.0.1", description="The address that the pages listen on.")
    port: int = Field(default=8710, ge=0, le=65535, description="The port that the pages listen on.")
    public_url: str = Field(default="", description="Where people reach the pages, when behind a proxy.")
    log_format: str = Field(default="console", pattern="^(console|json)$", description="console or json.")
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )
    token: SecretStr = Field(default=SecretStr(""), description="Acts as one member on the command line.")
    token_file: Path = Field(
        default=Path("~/.config/rounds/token"), description="Where `rounds login` keeps its token."
    )
    session_hours: int = Field(default=12, ge=1, description="How long a sign-in lasts without use.")

    def sqlalchemy_url(self) -> str:
        """The URL for SQLAlchemy, with the driver that Rounds ships."""
        if not self.database_url:
            return f"sqlite:///{(self.data_dir / 'rounds.db').resolve()}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    def address(self) -> str:
        """Where people reach the pages, without a trailing slash."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")
