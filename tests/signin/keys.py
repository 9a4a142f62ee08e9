"""Keys and certificates of applications, made afresh."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def certificate(folder: Path, ends: datetime | None = None) -> tuple[Path, str]:
    """A PEM file with a private key and its certificate; and the certificate alone."""
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ask Once")])
    ends = ends or datetime.now(UTC) + timedelta(days=30)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=365))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM).decode()
    file = folder / "application.pem"
    file.write_text(_pem(key) + pem)
    return file, pem


def service_account(folder: Path, token_url: str) -> tuple[Path, str]:
    """Google's JSON file for a key, and the certificate by which the key is known."""
    file, pem = certificate(folder)
    key = folder / "key.json"
    key.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "ask-once@project.test",
                "client_id": "1234567890",
                "private_key_id": "1",
                "private_key": file.read_text().partition("-----BEGIN CERT")[0],
                "token_uri": token_url,
            }
        )
    )
    return key, pem


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
