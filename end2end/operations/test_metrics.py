"""Metrics and alerts are checked by Prometheus's own promtool."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from client import sign_up
from server import ROOT, SERVER

MONITORING = ROOT / "docs/monitoring"


def promtool(*arguments: str, stdin: str | None = None) -> str:
    """Runs promtool, which must find nothing wrong, and returns what it prints."""
    tool = shutil.which("promtool")
    assert tool, "promtool is missing: run `.ci/setup test`"
    done = subprocess.run([tool, *arguments], input=stdin, capture_output=True, text=True, cwd=MONITORING, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def series(scraped: str) -> dict[str, float]:
    """The value of each series."""
    lines = [line for line in scraped.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_a_sign_in_and_a_chat_are_measured(monitored):
    ada = sign_up(monitored.url)
    email = ada.http.get("/api/auth/get-session").json()["user"]["email"]
    before = series(monitored.scrape())
    wrong = ada.http.post("/api/auth/sign-in/email", json={"email": email, "password": "wrong horse battery"})
    assert wrong.status_code == 401
    message = {"content": [{"type": "input_text", "text": "/long 50"}], "attachments": [], "inference_options": {}}
    answer = ada.chatkit("threads.create", input=message).raise_for_status().text
    thread_id = re.search(r"thr_\w+", answer)[0]
    ada.http.get(f"/chat/{thread_id}")

    scraped = monitored.scrape()
    after = series(scraped)
    changed = {name: value - before.get(name, 0) for name, value in after.items()}
    assert changed['colloquy_signins_total{result="refused"}'] == 1
    assert changed['colloquy_runs_total{end="completed"}'] == 1
    assert changed["colloquy_deltas_total"] == 50
    assert changed['colloquy_http_requests_total{route="/chatkit",status="200"}'] == 1
    assert changed['colloquy_http_requests_total{route="/api/auth/sign-in/email",status="401"}'] == 1
    assert after['colloquy_first_token_seconds_bucket{le="10.0",part="added"}'] == 1
    assert after["colloquy_runs_running"] == 0
    assert after["process_resident_memory_bytes"] > 1_000_000
    assert sum(value for name, value in after.items() if name.startswith("colloquy_db_pool_connections{")) >= 1

    cookies = [cookie.value for cookie in ada.http.cookies.jar]
    for secret in [email, ada.id, ada.token, thread_id, *cookies]:
        assert secret not in scraped


def test_prometheus_finds_nothing_to_improve(monitored):
    # promtool reads the older format only, and prints what it would do otherwise.
    assert promtool("check", "metrics", stdin=monitored.scrape("text/plain")) == ""
    assert monitored.scrape().endswith("# EOF\n")


def test_the_alerts_are_valid_and_fire_when_they_should():
    assert "SUCCESS" in promtool("check", "rules", "alerts.yml")
    assert "SUCCESS" in promtool("test", "rules", "alerts.test.yml")


def names(text: str) -> set[str]:
    """The series that expressions name."""
    return set(re.findall(r"\b(?:colloquy|process)_[a-z_]+", text))


@pytest.mark.parametrize("document", ["alerts.yml", "grafana.json", "README.md"])
def test_what_documents_name_exists(monitored, document):
    exists = {re.split(r"[{ ]", name)[0] for name in series(monitored.scrape())}
    text = (MONITORING / document).read_text()
    named = names(text)
    if document == "grafana.json":
        named = names(json.dumps(json.loads(text)["panels"]))
    elif document == "README.md":
        # The table leaves out the prefix of ours.
        table = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
        named = {it if it.startswith("process_") else f"colloquy_{it}" for it in re.findall(r"`([a-z_]+)", table)}
    suffixes = ["", "_bucket", "_sum", "_count"]
    # Tokens appear once a model has answered, and those of Redis where it is configured (`runs/mirror/tests.rs`).
    later = {"colloquy_tokens_total", "colloquy_redis_up", "colloquy_runs_followed"}
    missing = {it for it in named if not any(it + suffix in exists for suffix in suffixes)} - later
    assert named and not missing


@pytest.mark.parametrize("listen", ["9464", "taken"])
def test_a_listener_that_cannot_be_opened_ends_the_start(monitored, tmp_path: Path, listen: str):
    address = re.search(r"127\.0\.0\.1:\d+", monitored.metrics_url)[0] if listen == "taken" else listen
    done = subprocess.run(
        [SERVER, "--listen", "127.0.0.1:0", "--data-dir", str(tmp_path), "--metrics-listen", address],
        capture_output=True, text=True, cwd=tmp_path, timeout=20, check=False,
    )
    assert done.returncode == 1
    assert f"METRICS_LISTEN is {address}" in done.stderr.replace("`", "")
