//! A disk that is full: what cannot be made durable is not acknowledged, and what was acknowledged is there afterwards.

use std::ops::RangeInclusive;
use std::process::Command;

use codesight_core::wire::Uplink;

use crate::client::{connect, converse, interaction, session_start};
use crate::durability::stored_numbers;
use crate::process::Server;

/// So many fit under the limit of a file's size, and so many do not.
const FIRST: u64 = 20;
const ALL: u64 = 6_000;
/// The size of any file of the server, in units of 512 or 1,024 bytes, as the shell has it.
const MOST_BLOCKS: &str = "2000";

/// The server, whose every write beyond a file's greatest size fails.
fn limited() -> Command {
    let mut command = Command::new("sh");
    // Without the trap, the signal that comes with the failing write would end the server.
    command.args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", MOST_BLOCKS]);
    command.arg(env!("CARGO_BIN_EXE_codesight-server"));
    command
}

fn push(uplink: &mut Uplink, numbers: RangeInclusive<u64>) {
    for number in numbers {
        uplink.push(interaction(number));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_full_disk_cannot_take_is_not_acknowledged_and_comes_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start_as(limited(), folder.path());
    let mut uplink = Uplink::new(crate::process::TOKEN, session_start("full"));
    push(&mut uplink, 1..=FIRST);
    let mut socket = connect(server.address).await.expect("listening");
    assert!(
        converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == FIRST).await,
        "there is room"
    );
    uplink.disconnected();

    push(&mut uplink, FIRST + 1..=ALL);
    let mut socket = connect(server.address).await.expect("listening");
    let is_full = |uplink: &Uplink| uplink.acknowledged() == ALL || server.log().contains("an append failed");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| is_full(uplink)).await, "it never got full");
    let acknowledged = uplink.acknowledged();
    assert!((FIRST..ALL).contains(&acknowledged), "{acknowledged}");
    uplink.disconnected();
    server.kill();

    // Somebody made room.
    let server = Server::start(folder.path(), &[]);
    let session = uplink.session().expect("named").to_string();
    let stored = stored_numbers(&server, &session).len() as u64;
    assert!(stored >= acknowledged, "{acknowledged} were acknowledged, and {stored} are there");
    let mut socket = connect(server.address).await.expect("listening");
    assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == ALL).await);
    assert_eq!(stored_numbers(&server, &session), (1..=ALL).collect::<Vec<_>>());
}
