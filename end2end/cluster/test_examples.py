"""The balancers' files of docs/ are understood by the balancers."""

import shutil
import subprocess
from pathlib import Path

import pytest

from balancer import EXAMPLE, configuration, program
from server import ROOT

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate and its key."""
    chain, key = folder / "chat.pem", folder / "chat.key"
    options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=chat.example.com", "-days", "1"]
    subprocess.run(["openssl", "req", *options, "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key


def accepts(command: list[str | Path]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_haproxy_takes_its_file(tmp_path: Path) -> None:
    chain, key = certificate(tmp_path)
    both = tmp_path / "both.pem"
    both.write_text(chain.read_text() + key.read_text())
    file = tmp_path / "haproxy.cfg"
    file.write_text(EXAMPLE.read_text().replace("/etc/ssl/chat.pem", str(both)))
    accepts([program("haproxy"), "-c", "-f", file])


def test_the_rig_replaces_addresses_alone() -> None:
    servers = ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"]
    ours, example = configuration(4, servers, "/readyz").splitlines(), EXAMPLE.read_text().splitlines()
    differing = [line for line, before in zip(ours, example, strict=True) if line != before]
    assert [line.split()[-1] for line in differing] == ["127.0.0.1:4", *servers]


@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    text = (ROOT / "docs/nginx.conf").read_text()
    for path in certificate(tmp_path):
        text = text.replace(f"/etc/ssl/{path.name}", str(path))
    (tmp_path / "chat.conf").write_text(text)
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ access_log off; include {tmp_path}/chat.conf; }}\n")
    accepts([NGINX, "-t", "-q", "-e", tmp_path / "error.log", "-c", whole])
