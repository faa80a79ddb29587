"""The settings of everything that leaves the house: mail, folder drop and alerts; checked here, without any secret in them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

# Plain addresses only: no display names, nothing that could begin a second header.
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CLOCKS = r"(?:[01]\d|2[0-3]):[0-5]\d"
TEXT = "{text}"  # what a hook's template must hold


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one sending ended. ``problem``: "" when it was accepted, else one line without secrets.

    ``final``: the same can never be accepted. ``unclear``: it was handed over, and nobody knows whether it was accepted.
    """

    problem: str = ""
    final: bool = False
    unclear: bool = False


def _address(value: str) -> str:
    if value and not _ADDRESS.fullmatch(value):
        raise ValueError("must be one plain mail address such as humas@instansi.example, without a name or brackets")
    return value


Address = Annotated[str, AfterValidator(_address), Field(min_length=3, max_length=254)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Mail(_Section):
    """How mail leaves, and who gets the weekly report. User and password: ``settings.credentials``."""

    server: str = Field("", pattern=r"^[A-Za-z0-9.:-]*$", description='a host name, or "" to send no mail')
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    ca_file: str = ""
    credentials_file: str = ""
    sender: Annotated[str, AfterValidator(_address)] = ""
    to: list[Address] = Field(default_factory=list, max_length=200)
    attach: list[Literal["xlsx", "html", "pdf", "csv"]] = ["xlsx", "html", "csv"]
    max_megabytes: float = Field(15, gt=0, le=100)
    seconds: float = Field(60, gt=0, le=600)

    @property
    def local(self) -> bool:
        """Whether the server is this machine."""
        return self.server in LOOPBACK

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.tls == "none" and self.server and not self.local:
            raise ValueError('tls = "none" is for a server on this machine only; write "starttls" or "implicit"')
        if self.server and not self.sender:
            raise ValueError("sender is missing: the address that mail is sent from")
        return self


class Drop(_Section):
    """A folder that every sent report is copied into. Credentials of an object store come from its own environment variables."""

    url: str = ""

    @model_validator(mode="after")
    def _no_secret(self) -> Self:
        try:
            parts = urlsplit(self.url)
            secret = parts.password is not None
        except ValueError as error:
            raise ValueError(f"url is no address ({error}); write for example file:///srv/laporan") from None
        if secret:
            raise ValueError("url must not hold a password; object stores and servers take it from the environment")
        if self.url and not parts.scheme:
            raise ValueError("url must begin with its kind, such as file:///srv/laporan or s3://bucket/laporan")
        return self


def _holds_text(held: object) -> bool:
    if isinstance(held, dict | list):
        return any(map(_holds_text, held.values() if isinstance(held, dict) else held))
    return isinstance(held, str) and TEXT in held


class Hook(_Section):
    """One web address that alerts are posted to as JSON; address and token: ``settings.hook_secret``.

    ``template``: a JSON object; in its texts {text}, {id} and {priority} are filled in.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$", description="small letters, digits and _, such as telegram_humas")
    template: str = '{"text": "{text}"}'
    file: str = ""
    max_characters: int = Field(3500, ge=200, le=100_000)

    @model_validator(mode="after")
    def _is_json(self) -> Self:
        try:
            held = json.loads(self.template)
        except ValueError as error:
            raise ValueError(f"template is not JSON ({error})") from None
        if not isinstance(held, dict) or not _holds_text(held):
            raise ValueError(f"template must be a JSON object with {TEXT} in one of its texts")
        return self


class Escalation(_Section):
    """Who is told besides, of alerts in one kanwil."""

    mail_to: list[Address] = Field(default_factory=list)
    hooks: list[str] = Field(default_factory=list)


class Alert(_Section):
    """When somebody is told within the day, and how often (docs/delivery.md)."""

    mail_to: list[Address] = Field(default_factory=list)
    hooks: list[str] = Field(default_factory=list)
    hook: list[Hook] = Field(default_factory=list)
    kanwil: dict[str, Escalation] = Field(default_factory=dict)
    quiet: str = Field("", pattern=rf"^({CLOCKS}-{CLOCKS})?$", description='two WIB times such as "22:00-05:30", or ""')
    breaks_quiet: list[Literal["kabur", "kerusuhan", "kematian", "narkoba_internal"]] = ["kerusuhan", "kabur"]
    per_hour: int = Field(6, ge=1, le=1000)
    max_age_hours: float = Field(48, gt=0, le=24 * 14)
    sure: float = Field(0.7, ge=0, le=1)
    spike_least: int = Field(5, ge=2, le=10_000)
    spike_false_alarm: float = Field(0.01, ge=0.0001, le=0.2)

    @model_validator(mode="after")
    def _known_hooks(self) -> Self:
        names = [hook.name for hook in self.hook]
        if len(names) != len(set(names)):
            raise ValueError("two hooks have the same name")
        for name in [*self.hooks, *(name for one in self.kanwil.values() for name in one.hooks)]:
            if name not in names:
                raise ValueError(f"{name!r} is no hook; known are: {', '.join(names) or 'none'}")
        start, _, end = self.quiet.partition("-")
        if self.quiet and start == end:
            raise ValueError("quiet begins and ends at the same time")
        return self
