"""Settings as one frozen value, read once from ``config/settings.toml``; the only reader of the environment."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pipeline.channels import Alert, Drop, Hook, Mail
from pipeline.configfile import Problems, check, read_toml
from pipeline.errors import ConfigError
from pipeline.secretfile import secret_lines

ROOT = Path(__file__).resolve().parent.parent


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


TUNED = "tuned"  # [judge] encoder: the one that was fitted on the corpus


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Fetch(_Section):
    """How we fetch; seconds, bytes, hours."""

    user_agent: str = Field("PantauPas/0.1 (media coverage monitor)", min_length=3)
    contact: str = ""
    connect_seconds: float = Field(10, gt=0, le=120)
    total_seconds: float = Field(30, gt=0, le=600)
    max_bytes: int = Field(5_000_000, ge=10_000, le=100_000_000)
    max_redirects: int = Field(5, ge=0, le=20)
    host_delay_seconds: float = Field(5.0, ge=0, le=3600)
    refused_seconds: float = Field(3600, ge=60, le=86_400)
    outage_seconds: float = Field(600, ge=0, le=86_400)
    threads: int = Field(16, ge=1, le=128)
    max_pages_per_run: int = Field(2000, ge=1)
    run_seconds: float = Field(780, gt=0, le=86_400)
    max_article_parts: int = Field(8, ge=1, le=50)
    robots_hours: float = Field(24, gt=0, le=24 * 30)
    loopback_origin: str = ""

    @field_validator("loopback_origin")
    @classmethod
    def _only_loopback(cls, value: str) -> str:
        if not value:
            return value
        host, _, port = value.rpartition(":")
        if not _is_loopback(host.strip("[]")) or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError('must be a loopback address with a port, like "127.0.0.1:8080"; leave it empty for the real network')
        return value

    @field_validator("user_agent", "contact")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable():
            raise ValueError("goes into an HTTP header: write printable ASCII on one line")
        return value.strip()

    @property
    def agent(self) -> str:
        """The full User-Agent header."""
        return f"{self.user_agent} {self.contact}".strip()


class Polling(_Section):
    """When sources are asked, and how failures slow that down (``fetch/schedule.py``)."""

    first_minutes: float = Field(60, gt=0, le=1440)
    floor_minutes: float = Field(10, ge=1, le=60)
    ceiling_hours: float = Field(6, ge=1, le=168)
    probation_ceiling_hours: float = Field(24, ge=1, le=168)
    # Below 2: a larger step would jump over the calm band between a third and two thirds.
    factor: float = Field(1.5, gt=1, lt=2)
    jitter: float = Field(0.1, ge=0, le=0.5)
    unconditional_every: int = Field(12, ge=1, le=1000)
    hard: float = Field(1.0, gt=0, le=10)
    soft: float = Field(0.5, gt=0, le=10)
    temporary: float = Field(0.25, gt=0, le=10)
    slow_at: float = Field(4.0, gt=0, le=1000)
    retry_minutes: float = Field(60, ge=1, le=1440)
    slowest_hours: float = Field(24, ge=1, le=168)
    blocked_hours: float = Field(12, ge=1, le=168)
    blocked_most_hours: float = Field(168, ge=1, le=168)
    retry_after_hours: float = Field(24, ge=1, le=168)
    outage_sources: int = Field(8, ge=2, le=1000)


class Engine(_Section):
    """Which executor runs the judging. The three files: of mutual TLS with a Dask cluster (docs/scale.md)."""

    spec: str = Field(
        "processes:2",
        pattern=r"^(serial|processes:[1-9]\d{0,2}|dask:(tcp|tls)://[A-Za-z0-9._\-]+(:\d{1,5})?|dask:(tcp|tls)://\[[0-9a-f:]+\]:\d{1,5})$",
        description='"serial", or "processes:N" with N worker processes (1 to 999), or "dask:tcp://host:8786" (or dask:tls://…)',
    )
    tls_ca_file: str = ""
    tls_cert_file: str = ""
    tls_key_file: str = ""
    patience_seconds: float = Field(120, gt=0, le=86_400)  # without any worker of a cluster, before the run gives up

    @property
    def afar(self) -> bool:
        """True when other machines do the work."""
        return self.spec.startswith("dask:")

    @property
    def local(self) -> str:
        """The spec, or for a cluster's one for work that never leaves this machine."""
        return "processes:2" if self.afar else self.spec

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        given = [bool(self.tls_ca_file), bool(self.tls_cert_file), bool(self.tls_key_file)]
        if any(given) != all(given) or (self.spec.startswith("dask:tls:") and not all(given)):
            raise ValueError("tls:// needs all of tls_ca_file, tls_cert_file and tls_key_file, readable for this user only")
        return self


class Store(_Section):
    """How parts are written."""

    part_rows: int = Field(200, ge=1, le=10_000)
    text: Literal["relevant", "all", "none"] = "relevant"


class Ledger(_Section):
    """Where the ledger lies, and how long it keeps what was skipped (docs/operation.md)."""

    url: str = ""  # checked where it is used: a mistake in it must not print the password that may stand there
    skipped_days: int = Field(90, ge=30, le=3650)


class Stories(_Section):
    """When two texts are copies of one release."""

    window_days: int = Field(14, ge=1, le=366)
    jaccard: float = Field(0.5, gt=0, le=1)
    containment: float = Field(0.8, gt=0, le=1)


class Judge(_Section):
    """What the judge works among."""

    # Source: issue 3, measured on the shipped feeds: fewer than 1 in 100 fetched entries is about Pemasyarakatan.
    prevalence: float = Field(0.01, gt=0, lt=1)
    encoder: str = ""
    # Source: multilingual-e5's model card asks for "query: " where vectors are features of a classifier.
    encoder_prefix: str = "query: "


class Report(_Section):
    """What reports speak of."""

    taxonomy: str = "akselerasi-2024"
    csv_dialect: Literal["standard", "excel-id"] = "standard"


class Privacy(_Section):
    """What is kept of people and of the press's texts, and for how long. Law: docs/privacy.md."""

    contact: str = ""
    retention_days: int = Field(90, ge=1, le=3650)
    links: Literal["short", "full"] = "short"


class Operation(_Section):
    """How a person or a machine is told how the collection does."""

    stale_hours: float = Field(3, gt=0, le=168)
    prometheus_textfile: str = Field("", pattern=r"^(/.+\.prom)?$", description='"" or an absolute path that ends in .prom')
    healthcheck_url: str = ""  # checked where it is used: a mistake in it must not print the secret that it holds
    healthcheck_url_file: str = ""

    def healthcheck(self) -> str:
        """The watchdog's address: $PANTAU_HEALTHCHECK_URL, else the one set, else the file's; "" for none.

        Raises ``ConfigError``, without the address, for one that is neither https nor on this machine.
        """
        url = os.environ.get("PANTAU_HEALTHCHECK_URL", "") or self.healthcheck_url
        if not url and self.healthcheck_url_file:
            advice = "put the watchdog's address into it"
            url, _ = secret_lines(self.healthcheck_url_file, "operation.healthcheck_url_file", advice)
        url = url.strip()
        if url and not _tells_no_secret(url):
            raise ConfigError(
                "operation.healthcheck_url (or its file, or $PANTAU_HEALTHCHECK_URL) must be one https:// address; "
                "http:// only to this machine (127.0.0.1)"
            )
        return url


class App(_Section):
    """Where `pantau review` and `pantau browse` listen (docs/review.md)."""

    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(8740, ge=0, le=65535)
    hosts: list[str] = []
    token_file: str = ""

    def secret(self) -> str:
        """The token that a browser must show: $PANTAU_APP_TOKEN, else the file's first line; "" for none.

        Raises ``ConfigError`` for a file that cannot be read or is empty.
        """
        if token := os.environ.get("PANTAU_APP_TOKEN", "").strip():
            return token
        if not self.token_file:
            return ""
        token, _ = secret_lines(self.token_file, "app.token_file", "put a token into it")
        if not token:
            raise ConfigError(f"app.token_file: {self.token_file} is empty; put a token into it, or take the setting out")
        return token


def _tells_no_secret(url: str) -> bool:
    """True for an address whose path nobody on the way can read."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        whole = url.isascii() and url.isprintable() and " " not in url and bool(host) and (parts.port or 1) > 0
    except ValueError:
        return False
    return whole and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


class Settings(_Section):
    """Everything of ``settings.toml``."""

    fetch: Fetch = Fetch()
    polling: Polling = Polling()
    engine: Engine = Engine()
    store: Store = Store()
    ledger: Ledger = Ledger()
    stories: Stories = Stories()
    judge: Judge = Judge()
    report: Report = Report()
    privacy: Privacy = Privacy()
    operation: Operation = Operation()
    app: App = App()
    mail: Mail = Mail()
    drop: Drop = Drop()
    alert: Alert = Alert()


def load_settings(config: Path, problems: Problems) -> Settings | None:
    """``config/settings.toml`` as Settings; mistakes go to ``problems``."""
    file = read_toml(config / "settings.toml", problems)
    if file is None:
        return None
    settings: Settings | None = check(Settings, file, problems)
    return settings


def credentials(mail: Mail) -> tuple[str, str] | None:
    """The mail server's user and password: $PANTAU_MAIL_USER and $PANTAU_MAIL_PASSWORD, else the file's two lines; or None.

    Raises ``ConfigError``, without what it read, where only one of the two is given or the file cannot be used.
    """
    user, password = os.environ.get("PANTAU_MAIL_USER", ""), os.environ.get("PANTAU_MAIL_PASSWORD", "")
    if not user and not password and mail.credentials_file:
        user, password = secret_lines(
            mail.credentials_file, "mail.credentials_file", "write the user on line 1, the password on line 2"
        )
    if bool(user) != bool(password):
        raise ConfigError("mail: user and password go together: $PANTAU_MAIL_USER and $PANTAU_MAIL_PASSWORD, or credentials_file")
    return (user, password) if user else None


def hook_secret(hook: Hook) -> tuple[str, str]:
    """A hook's address and token ("" for none): $PANTAU_HOOK_<NAME> and $PANTAU_HOOK_<NAME>_TOKEN, else the file's two lines.

    Raises ``ConfigError``, without what it read, for an address that is missing or neither https nor on this machine.
    """
    variable, key = f"PANTAU_HOOK_{hook.name.upper()}", f"alert.hook {hook.name}"
    url, token = os.environ.get(variable, ""), os.environ.get(f"{variable}_TOKEN", "")
    if not url and hook.file:
        url, token = secret_lines(hook.file, f"{key}: file", "write the address on line 1, a bearer token (if any) on line 2")
    if not _tells_no_secret(url):
        raise ConfigError(
            f"{key}: ${variable} (or the file that settings.toml names) must hold one https:// address; "
            "http:// only to this machine (127.0.0.1)"
        )
    if not token.isascii() or not token.isprintable():
        raise ConfigError(f"{key}: its token goes into an HTTP header: printable ASCII on one line")
    return url, token


def default_config() -> Path:
    """The configuration folder: $PANTAU_CONFIG, else ``config/`` of the repository."""
    return Path(os.environ.get("PANTAU_CONFIG") or ROOT / "config")


def default_data() -> Path:
    """The data folder: $PANTAU_DATA, else ``data/`` of the repository. Raises ``ConfigError`` for an address."""
    named = os.environ.get("PANTAU_DATA", "")
    if "://" in named:
        raise ConfigError(f"$PANTAU_DATA names a folder, not {named}; a bucket is given by --data {named}")
    return Path(named or ROOT / "data")


def sample_folder() -> Path:
    """The embedded newsroom's files."""
    return ROOT / "data" / "sample"


def labels_folder() -> Path:
    """The labelled corpus and the analysts' corrections."""
    return ROOT / "data" / "labels"


def corrections_file() -> Path:
    """The analysts' log of corrections: $PANTAU_CORRECTIONS, else ``corrections.csv`` beside the labelled corpus."""
    return Path(os.environ.get("PANTAU_CORRECTIONS") or labels_folder() / "corrections.csv")


def is_tuned(settings: Settings) -> bool:
    """Whether the tuned encoder judges beside the models."""
    return settings.judge.encoder == TUNED


def encoder_folder() -> Path:
    """The tuned encoder."""
    return ROOT / "data" / "encoder"


def models_folder() -> Path:
    """Where fitted models are kept, by digest: $PANTAU_MODELS, else ``data/models/`` of the repository."""
    return Path(os.environ.get("PANTAU_MODELS") or ROOT / "data" / "models")


def cache_folder() -> Path:
    """What a worker of a cluster keeps of the shipped configurations: $PANTAU_CACHE, else ``~/.cache/pantau``."""
    return Path(os.environ.get("PANTAU_CACHE") or Path.home() / ".cache" / "pantau")
