//! What a recorder is told while it records.

use codesight_core::wire::{ServerMessage, Uplink, UplinkEvent};

use crate::client::{connect, converse, interaction, session_start};
use crate::process::{Server, TOKEN};

/// Talks until an update about place `through` has come, and gives it with the codes of the notices before it.
async fn told(server: &Server, uplink: &mut Uplink, wanted: u64) -> (u32, f64, Vec<String>) {
    let mut socket = connect(server.address).await.expect("listening");
    let (mut seen, mut notices) = (None, Vec::new());
    let is_told = converse(&mut socket, uplink, |_, event| {
        match event {
            UplinkEvent::Other(ServerMessage::Notice { code, .. }) => notices.push(code.clone()),
            UplinkEvent::Other(ServerMessage::Update { through, gaps, quality, .. }) => {
                seen = (*through == wanted).then_some((*gaps, *quality));
            }
            _ => {}
        }
        seen.is_some() && !notices.is_empty()
    });
    assert!(is_told.await, "no update about place {wanted}, or no notice");
    uplink.disconnected();
    let (gaps, quality) = seen.expect("an update");
    (gaps, quality.expect("a score"), notices)
}

#[tokio::test(flavor = "multi_thread")]
async fn quality_gaps_and_advice_come_while_recording_and_again_after_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut uplink = Uplink::new(TOKEN, session_start("live"));
    // Clicks without any picture or element: about as bad as a recording can be.
    (1..=10).for_each(|number| {
        uplink.push(interaction(number));
    });
    let server = Server::start(folder.path(), &[]);
    let (gaps, quality, notices) = told(&server, &mut uplink, 10).await;
    assert!(gaps >= 10, "{gaps} gaps");
    assert!((0.0..60.0).contains(&quality), "quality {quality}");
    assert!(notices.contains(&"pictures-missing".to_owned()), "{notices:?}");
    server.kill();

    // Another process knows the session whole, not only what comes from now on.
    uplink.push(interaction(11));
    let server = Server::start(folder.path(), &[]);
    let (more_gaps, again, _) = told(&server, &mut uplink, 11).await;
    assert!(more_gaps > gaps, "{more_gaps} gaps after {gaps}");
    assert!((again - quality).abs() < 10.0, "quality {again} after {quality}");
    server.kill();
}
