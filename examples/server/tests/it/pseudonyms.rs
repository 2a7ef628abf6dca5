//! What stands in for a value, and how far the same value has the same stand-in, are settings.

use codesight_core::wire::Uplink;
use serde_json::json;

use crate::client::{connect, converse, interaction, session_start};
use crate::process::{Server, TOKEN};

/// What stands in a page's title for an address, in each of two sessions.
async fn titles(settings: &[&str]) -> [String; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), settings);
    let mut titles = Vec::new();
    for key in ["first", "second"] {
        let mut shown = serde_json::to_value(interaction(1)).expect("JSON");
        shown["pageContext"]["title"] = json!("jane@shop.test");
        let mut uplink = Uplink::new(TOKEN, session_start(key));
        uplink.push(serde_json::from_value(shown).expect("an interaction"));
        let mut socket = connect(server.address).await.expect("listening");
        assert!(converse(&mut socket, &mut uplink, |uplink, _| uplink.acknowledged() == 1).await);
        let path = format!("/v1/sessions/{}/interactions", uplink.session().expect("named"));
        let stored = server.get(&path, Some(TOKEN)).json().to_string();
        let title = stored.split("\"title\":\"").nth(1).and_then(|rest| rest.split('"').next());
        titles.push(title.expect("a title").to_owned());
    }
    titles.try_into().expect("two")
}

#[tokio::test(flavor = "multi_thread")]
async fn stand_ins_are_placeholders_of_a_session_unless_the_settings_say_otherwise() {
    let [first, second] = titles(&[]).await;
    assert!(
        first.starts_with("<EMAIL_") && second.starts_with("<EMAIL_") && first != second,
        "{first} {second}"
    );
    let [first, second] = titles(&["--stand-ins", "surrogates", "--pseudonym-scope", "dataset:lamps"]).await;
    assert!(first.ends_with("@example.com") && first == second, "{first} {second}");
    let [first, second] = titles(&["--pseudonym-scope", "tenant"]).await;
    assert!(first.starts_with("<EMAIL_") && first == second, "{first} {second}");
}
