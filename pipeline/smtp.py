"""The edge to the mail server: one session, verified TLS, one mail to one receiver at a time, every outcome a value."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from pipeline.channels import Mail, Outcome
from pipeline.errors import ConfigError

# What the server answers is a stranger's text: so much of it is told.
_TOLD = 200
_LOGIN_ADVICE = "see lines 1 and 2 of [mail] credentials_file, or $PANTAU_MAIL_USER and $PANTAU_MAIL_PASSWORD"


class Session:
    """A connection that is made at the first mail, and made anew once it is lost. Close it by leaving ``session``."""

    def __init__(self, mail: Mail, login: tuple[str, str] | None) -> None:
        self._mail, self._login, self._tls = mail, login, _trust(mail)
        self._smtp: smtplib.SMTP | None = None
        self._lost: Outcome | None = None  # a server that could not be used is not asked again in this session

    def send(self, message: EmailMessage) -> Outcome:
        """Hand over one mail to the address in its To. Never raises for the server's faults."""
        if self._lost:
            return self._lost
        content = message.as_bytes()
        try:
            smtp = self._smtp = self._smtp or self._connected()
        except smtplib.SMTPAuthenticationError as error:
            self._lost = Outcome(f"user or password refused (code {error.smtp_code}); {_LOGIN_ADVICE}")
        except (OSError, smtplib.SMTPException) as error:
            self._lost = Outcome(f"server not usable: {_told(error)}; {_advice(error)}")
        if self._lost:
            return self._lost
        if problem := self._too_large(smtp, len(content)):
            return Outcome(problem, final=True)
        return self._handed_over(smtp, message, content)

    def _handed_over(self, smtp: smtplib.SMTP, message: EmailMessage, content: bytes) -> Outcome:
        sender, receiver = (message[name].addresses[0].addr_spec for name in ("From", "To"))
        begun = False
        try:
            for command, address in ((smtp.mail, sender), (smtp.rcpt, receiver)):
                code, answer = command(address)
                if code not in (250, 251):
                    smtp.rset()
                    return Outcome(f"refused: {code} {_text(answer)}", final=500 <= code < 600)
            begun = True
            code, answer = smtp.data(content)
        except smtplib.SMTPDataError as error:  # refused before the first byte
            return Outcome(f"refused: {error.smtp_code} {_text(error.smtp_error)}", final=error.smtp_code >= 500)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(f"connection lost: {_told(error)}", unclear=begun)
        return Outcome() if code == 250 else Outcome(f"refused: {code} {_text(answer)}", final=500 <= code < 600)

    def _connected(self) -> smtplib.SMTP:
        mail = self._mail
        if mail.tls == "implicit":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(mail.server, mail.port, timeout=mail.seconds, context=self._tls)
        else:
            smtp = smtplib.SMTP(mail.server, mail.port, timeout=mail.seconds)
        try:
            if mail.tls == "starttls":
                smtp.starttls(context=self._tls)  # raises where the server does not offer it: never in the clear
            smtp.ehlo_or_helo_if_needed()
            if self._login:
                smtp.login(*self._login)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _too_large(self, smtp: smtplib.SMTP, size: int) -> str:
        offered = smtp.esmtp_features.get("size", "")
        limit = int(offered) if offered.isdigit() and int(offered) else 0
        return f"mail of {size:,} bytes; the server takes {limit:,}: attach less ([mail] attach)" if 0 < limit < size else ""

    def close(self) -> None:
        """End the connection, if there is one."""
        smtp, self._smtp = self._smtp, None
        if smtp:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()


@contextmanager
def session(mail: Mail, login: tuple[str, str] | None) -> Iterator[Session]:
    """A session with the mail server of the settings. Raises ``ConfigError`` for a certificate file that cannot be read."""
    held = Session(mail, login)
    try:
        yield held
    finally:
        held.close()


def _trust(mail: Mail) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    if mail.ca_file:
        try:
            trust.load_verify_locations(mail.ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise ConfigError(f"mail.ca_file: {mail.ca_file} holds no certificates that can be read; write a PEM file") from error
    return trust


def _text(answer: bytes | str) -> str:
    """A server's words as one plain line."""
    line = " ".join((answer if isinstance(answer, str) else answer.decode("ascii", "replace")).split())
    return "".join(sign for sign in line if sign.isprintable())[:_TOLD]


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not trusted ({error.verify_message})"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _text(str(error))
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it ended the connection"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


def _advice(error: Exception) -> str:
    """What a person should look at when a server cannot be used."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "[mail] server must be the name in its certificate; an authority of your own goes into [mail] ca_file"
    return "see server, port and tls in [mail] of settings.toml"
