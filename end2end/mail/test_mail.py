"""Mails go through a real SMTP server (aiosmtpd), and are read by Python's own mail reader."""

import re
import time
from email.message import EmailMessage
from urllib.parse import parse_qs, quote, urlsplit

from conftest import PASSWORD, USER, eventually

LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"


def text(mail: EmailMessage, kind: str) -> str:
    """One of the two parts: plain or html."""
    return mail.get_body([kind]).get_content().replace("\r\n", "\n")


def link(text: str) -> str:
    """The one link of a plain text."""
    [found] = re.findall(r"^https?://\S+$", text, re.MULTILINE)
    return found


def test_a_mail_leads_to_a_new_password(post_office, colloquy):
    post_office.open()
    app = colloquy(SMTP_URL=f"smtp://127.0.0.1:{post_office.port}", MAIL_FROM="Our chat <chat@example.com>")
    address = app.sign_up()
    app.request_password_reset(address)
    mail = post_office.mail()

    [envelope] = post_office.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("chat@example.com", [address])
    assert (mail["from"], mail["to"]) == ("Our chat <chat@example.com>", address)
    assert mail["subject"].startswith("Set a new password for localhost:")
    assert mail["auto-submitted"] == "auto-generated"
    assert re.fullmatch(r"<\w+@example\.com>", mail["message-id"])
    assert abs(mail["date"].datetime.timestamp() - time.time()) < 60
    assert not mail.defects
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]

    plain, html = text(mail, "plain"), text(mail, "html")
    assert plain.startswith("Hello Ada Lovelace,\n")
    url = link(plain)
    assert f'href="{url.replace("&", "&amp;")}"' in html
    assert "Hello Ada Lovelace," in html

    # Links are made from the public address; here that is localhost.
    target = app.http.get(urlsplit(url)._replace(scheme="", netloc="").geturl())
    assert target.status_code == 302, target.text
    [token] = parse_qs(urlsplit(target.headers["location"]).query)["token"]
    app.post("reset-password", newPassword="another horse battery", token=token)
    assert app.post("sign-in/email", email=address, password="another horse battery")["user"]["email"] == address


def test_a_verification_mail_is_sent_to_whoever_asks(post_office, colloquy):
    post_office.open()
    app = colloquy(SMTP_URL=f"smtp://127.0.0.1:{post_office.port}")
    address = app.sign_up()
    assert app.post("send-verification-email", email=address, callbackURL="/")["status"] is True
    mail = post_office.mail()
    assert mail["to"] == address
    assert mail["subject"].startswith("Confirm your email address for localhost:")
    assert "/api/auth/verify-email?token=" in link(text(mail, "plain"))


def test_an_address_that_nobody_has_gets_no_mail(post_office, colloquy):
    post_office.open()
    app = colloquy(SMTP_URL=f"smtp://127.0.0.1:{post_office.port}")
    address = app.sign_up()
    app.request_password_reset("nobody@example.com")
    app.request_password_reset(address)
    assert post_office.mail()["to"] == address
    assert post_office.recipients == [address]


def test_starttls_and_a_password(post_office, colloquy, certified, trust):
    post_office.open(starttls=certified)
    app = colloquy(SMTP_URL=f"smtp://{LOGIN}@localhost:{post_office.port}?tls=required", **trust)
    address = app.sign_up()
    app.request_password_reset(address)
    assert post_office.mail()["to"] == address
    assert post_office.logins == [(USER, PASSWORD)]


def test_tls_and_a_password(post_office, colloquy, certified, trust):
    post_office.open(tls=certified)
    app = colloquy(SMTP_URL=f"smtps://{LOGIN}@localhost:{post_office.port}", **trust)
    address = app.sign_up()
    app.request_password_reset(address)
    assert post_office.mail()["to"] == address
    assert post_office.logins == [(USER, PASSWORD)]


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(post_office, colloquy, certified):
    post_office.open(starttls=certified)
    app = colloquy(SMTP_URL=f"smtp://{LOGIN}@localhost:{post_office.port}?tls=required")
    app.request_password_reset(app.sign_up())
    eventually(lambda: app.logged("invalid peer certificate"), "the log names the certificate")
    assert not post_office.logins and not post_office.envelopes


def test_a_required_starttls_is_not_done_without(post_office, colloquy):
    post_office.open()
    app = colloquy(SMTP_URL=f"smtp://{LOGIN}@localhost:{post_office.port}?tls=required")
    app.request_password_reset(app.sign_up())
    eventually(lambda: app.logged("STARTTLS is not supported"), "the log says what is missing")
    assert not post_office.logins and not post_office.recipients


def test_a_wrong_password_gives_no_mail_up(post_office, colloquy, certified, trust):
    post_office.open(tls=certified)
    app = colloquy(SMTP_URL=f"smtps://{quote(USER, safe='')}:wrong@localhost:{post_office.port}", **trust)
    app.request_password_reset(app.sign_up())
    eventually(lambda: len(post_office.logins) >= 2, "it is tried again")
    assert app.logged("answered 535 5.7.8") and not app.logged("is abandoned") and not post_office.envelopes


def test_a_temporary_refusal_is_tried_again(post_office, colloquy):
    post_office.open()
    post_office.answers = ["451 4.7.1 Greylisted, come back later"]
    app = colloquy(SMTP_URL=f"smtp://127.0.0.1:{post_office.port}")
    address = app.sign_up()
    app.request_password_reset(address)
    assert post_office.mail()["to"] == address
    assert post_office.recipients == [address, address]
    assert app.logged("answered 451 4.7.1")


def test_a_permanent_refusal_is_not_repeated(post_office, colloquy):
    post_office.open()
    app = colloquy(SMTP_URL=f"smtp://127.0.0.1:{post_office.port}")
    unwanted, address = app.sign_up(), app.sign_up()
    post_office.answers = [f"550 5.1.1 <{unwanted}>: nobody of that name"]
    app.request_password_reset(unwanted)
    eventually(lambda: app.logged("is abandoned"), "the log says so")
    assert app.logged("answered 550 5.1.1")
    # Longer than the first wait after a failure that may pass.
    time.sleep(2)
    app.request_password_reset(address)
    assert post_office.mail()["to"] == address
    assert post_office.recipients == [unwanted, address]
    assert not app.logged(unwanted), "no address is logged, not even one that the server repeats"


def test_a_server_that_comes_up_later_gets_the_mail(post_office, colloquy):
    app = colloquy(SMTP_URL=f"smtp://127.0.0.1:{post_office.port}")
    address = app.sign_up()
    app.request_password_reset(address)
    eventually(lambda: app.logged("will be retried"), "the first attempt fails")
    post_office.open()
    assert post_office.mail()["to"] == address


def test_a_restart_loses_no_mail(post_office, colloquy):
    app = colloquy(SMTP_URL=f"smtp://127.0.0.1:{post_office.port}")
    address = app.sign_up()
    app.request_password_reset(address)
    eventually(lambda: app.logged("will be retried"), "the first attempt fails")
    app.stop()
    post_office.open()
    app.start()
    assert post_office.mail()["to"] == address


def test_a_server_that_says_nothing_holds_nothing_up(silence, colloquy):
    app = colloquy(SMTP_URL=f"smtp://127.0.0.1:{silence.port}")
    address = app.sign_up()
    begin = time.monotonic()
    for _ in range(8):
        app.request_password_reset(address)
    assert time.monotonic() - begin < 5, "answers do not wait for mails"
    assert silence.connected.wait(15)
    begin = time.monotonic()
    app.stop()
    assert app.process.returncode == 0 and time.monotonic() - begin < 9, "stopping waits a moment only"


def test_without_smtp_mails_are_files_that_the_log_names_only(colloquy):
    app = colloquy()
    address = app.sign_up()
    app.request_password_reset(address)
    eventually(lambda: app.logged("a mail was written to"), "the log names the file")
    [path] = (app.data / "mail").glob("*.eml")
    assert app.logged(f"a mail was written to {path}")
    assert f"To: {address}" in path.read_text()
    assert not app.logged(address) and not app.logged("reset-password/")
