//! TLS: HTTPS with the server's own certificate, and a new certificate without a restart.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::process::{Server, TOKEN, command};

fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let CertifiedKey::<KeyPair> { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    // The key first, as renewal tools do: for a moment the two do not belong together.
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).expect("written");
    std::fs::write(folder.join("certificate.pem"), cert.pem()).expect("written");
    cert.der().clone()
}

/// Asks for a page over TLS, trusting this certificate alone.
async fn get(address: SocketAddr, path: &str, trusted: &CertificateDer<'static>) -> Result<String, String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).map_err(|error| error.to_string())?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").map_err(|error| error.to_string())?;
    let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let mut stream = connected.map_err(|error| error.to_string())?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    let mut answer = String::new();
    // A server that ends without TLS's own goodbye has still answered.
    let _ = stream.read_to_string(&mut answer).await;
    Ok(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_speaks_tls_and_takes_a_new_certificate_without_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = write_certificate(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let server = Server::start(
        &folder.path().join("data"),
        &["--tls-certificate", &file("certificate.pem"), "--tls-key", &file("key.pem")],
    );
    let answer = get(server.address, "/v1/sessions", &first).await.expect("TLS");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    // Plain HTTP is not answered.
    let mut plain = TcpStream::connect(server.address).await.expect("listening");
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));

    let second = write_certificate(folder.path());
    let mut renewed = false;
    for _ in 0..100 {
        renewed = get(server.address, "/healthz", &second).await.is_ok();
        if renewed {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(renewed, "the new certificate was not taken");
    assert!(get(server.address, "/healthz", &first).await.is_err(), "the old certificate is still in use");
}

#[test]
fn a_certificate_that_cannot_be_used_is_named_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let _ = write_certificate(folder.path());
    std::fs::write(folder.path().join("other.pem"), "no key").expect("written");
    let run = |key: &str| {
        let output = command()
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--token",
                &format!("shop/robot={TOKEN}"),
                "--data-dir",
            ])
            .arg(folder.path().join("data"))
            .arg("--tls-certificate")
            .arg(folder.path().join("certificate.pem"))
            .arg("--tls-key")
            .arg(folder.path().join(key))
            .output()
            .expect("it runs");
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(run("absent.pem").contains("absent.pem"), "{}", run("absent.pem"));
    assert!(run("other.pem").contains("the private key cannot be read"), "{}", run("other.pem"));
}
