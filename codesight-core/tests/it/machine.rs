//! The session machine against a network that loses, doubles, reorders and cuts: stored = sent, once each.
//!
//! The store is a plain list with an epoch. Old connections stay alive and keep delivering what they had, as a proxy
//! would, so that fencing is part of the game.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use codesight_core::id::{ContentHash, SessionId, SubjectId};
use codesight_core::model::{
    CaptureGap, CaptureGapKind, CaptureProfile, Extra, InteractionData, SessionConsent, SessionGoal,
    SessionOutcome, SessionType,
};
use codesight_core::time::Timestamp;
use codesight_core::wire::{
    BlobRole, ClientFrame, Effect, Identity, Incoming, Input, Outgoing, ReceivedEntry, Resumed,
    ServerMessage, SessionMachine, SessionStart, Uplink, WireCode, WireLimits, decode,
};
use proptest::prelude::*;

/// What the store holds in one place: the interaction's marker, or a gap.
#[derive(Debug, Clone, PartialEq)]
enum Stored {
    Interaction(i64),
    Gap,
}

#[derive(Debug, Default)]
struct Store {
    epoch: u64,
    places: Vec<Stored>,
    blobs: BTreeSet<ContentHash>,
    sealed: bool,
    seals: u32,
}

/// A connection with everything under way in both directions and on the way to the store.
struct Connection {
    machine: SessionMachine,
    to_server: Vec<Outgoing>,
    to_client: Vec<ServerMessage>,
    /// Effects whose answer has not come yet, in order.
    working: Vec<Effect>,
    closed: bool,
}

struct World {
    now: Timestamp,
    limits: WireLimits,
    store: Store,
    uplink: Uplink,
    /// The last one is the client's; older ones are zombies.
    connections: Vec<Connection>,
}

fn interaction(marker: i64) -> InteractionData {
    serde_json::from_value(serde_json::json!({ "type": "click", "timestamp": marker }))
        .expect("minimal interaction")
}

fn session_start() -> SessionStart {
    SessionStart {
        key: "recording-1".parse().expect("name"),
        session_type: SessionType::Automated,
        goal: SessionGoal::default(),
        consent: SessionConsent {
            subject: SubjectId::new("subject").expect("name"),
            text_version: "1".into(),
            purposes: vec!["training".into()],
            given_at: Timestamp::from_millis(0),
            evidence_hash: None,
            global_privacy_control: false,
        },
        capture: CaptureProfile::default(),
    }
}

impl World {
    fn new(limits: WireLimits) -> Self {
        let mut world = Self {
            now: Timestamp::from_millis(1_000),
            limits,
            store: Store::default(),
            uplink: Uplink::new("token", session_start()),
            connections: Vec::new(),
        };
        world.connect();
        world
    }

    fn connect(&mut self) {
        let hello = self.uplink.connected(self.now);
        self.connections.push(Connection {
            machine: SessionMachine::new(self.limits, self.now),
            to_server: vec![hello],
            to_client: Vec::new(),
            working: Vec::new(),
            closed: false,
        });
    }

    fn client(&mut self) -> &mut Connection {
        self.connections.last_mut().expect("there is always a connection")
    }

    fn pump_uplink(&mut self) {
        let outgoing = self.uplink.poll(self.now).expect("descriptors are short");
        self.client().to_server.extend(outgoing);
    }

    /// The server reads one message.
    fn deliver_to_server(&mut self, connection: usize, at: usize, copy: bool) {
        let (now, limits) = (self.now, self.limits);
        let connection = &mut self.connections[connection];
        if connection.to_server.is_empty() || connection.closed {
            return;
        }
        let at = at % connection.to_server.len();
        let message = if copy { connection.to_server[at].clone() } else { connection.to_server.remove(at) };
        let known = connection.machine.is_authenticated();
        let decoded = match &message {
            Outgoing::Text(message) => {
                let text = serde_json::to_string(message).expect("serialisable");
                decode(Incoming::Text(&text), &limits, known)
            }
            Outgoing::Binary(bytes) => decode(Incoming::Binary(bytes.clone()), &limits, known),
        };
        let input = match decoded {
            Ok(frame) => Input::Frame(frame),
            Err(refusal) => Input::Refused(refusal),
        };
        Self::step(connection, now, input);
    }

    fn step(connection: &mut Connection, now: Timestamp, input: Input) {
        for effect in connection.machine.handle(now, input) {
            match effect {
                Effect::Send(message) => connection.to_client.push(message),
                Effect::Close(_) => connection.closed = true,
                other => connection.working.push(other),
            }
        }
    }

    /// The store answers the oldest effect of one connection, or fails it.
    fn work(&mut self, connection: usize, fail: bool) {
        let now = self.now;
        let connection = &mut self.connections[connection];
        if connection.working.is_empty() {
            return;
        }
        let effect = connection.working.remove(0);
        let input = self.store.apply(effect, fail);
        Self::step(connection, now, input);
    }

    fn deliver_to_client(&mut self, at: usize) {
        let now = self.now;
        let connection = self.client();
        if connection.to_client.is_empty() {
            return;
        }
        let at = at % connection.to_client.len();
        let message = connection.to_client.remove(at);
        let (outgoing, _) = self.uplink.receive(now, message);
        self.client().to_server.extend(outgoing);
    }

    /// Everything works for a while: what was pushed must arrive and the session must end.
    fn settle(&mut self) {
        for _ in 0..400 {
            if self.client().closed {
                self.uplink.disconnected();
                self.connect();
            }
            self.pump_uplink();
            for connection in 0..self.connections.len() {
                while !self.connections[connection].to_server.is_empty()
                    && !self.connections[connection].closed
                {
                    self.deliver_to_server(connection, 0, false);
                }
                while !self.connections[connection].working.is_empty() {
                    self.work(connection, false);
                }
            }
            while !self.client().to_client.is_empty() {
                self.deliver_to_client(0);
            }
            if self.uplink.is_sealed() {
                return;
            }
            self.now = self.now.after(Duration::from_secs(2));
            let now = self.now;
            for connection in &mut self.connections {
                Self::step(connection, now, Input::Tick);
            }
        }
    }
}

impl Store {
    fn apply(&mut self, effect: Effect, fail: bool) -> Input {
        match effect {
            Effect::Authenticate { .. } => Input::Authenticated {
                identity: Some(Identity {
                    tenant: "tenant".parse().expect("name"),
                    collector: "collector".parse().expect("name"),
                }),
                flags: Extra::new(),
            },
            Effect::Open(_) | Effect::Resume(_) if fail => Input::Opened(Err(WireCode::StorageUnavailable)),
            Effect::Open(_) | Effect::Resume(_) => {
                if !self.sealed {
                    self.epoch += 1;
                }
                Input::Opened(Ok(Resumed {
                    session_id: SessionId::new("session").expect("name"),
                    epoch: self.epoch,
                    through: self.places.len() as u64,
                    sealed: self.sealed,
                    flags: Extra::new(),
                }))
            }
            Effect::Append { epoch, .. } if epoch != self.epoch || self.sealed => {
                Input::AppendFailed { fenced: true }
            }
            Effect::Append { .. } if fail => Input::AppendFailed { fenced: false },
            Effect::Append { first_seq, entries, .. } => {
                let through = self.places.len() as u64;
                // The contract of the journal: a hole is refused, what is stored already is left out.
                if first_seq > through + 1 {
                    return Input::AppendFailed { fenced: false };
                }
                for (seq, entry) in (first_seq..).zip(entries) {
                    if seq > through {
                        self.places.push(match entry {
                            ReceivedEntry::Interaction(raw) => Stored::Interaction(
                                raw.inspect(|interaction| interaction.timestamp.as_millis()),
                            ),
                            _ => Stored::Gap,
                        });
                    }
                }
                Input::Persisted { through: self.places.len() as u64 }
            }
            Effect::StoreBlob(blob) => {
                self.blobs.insert(blob.descriptor.hash);
                Input::BlobStored(blob.descriptor.hash)
            }
            Effect::Seal { epoch, .. } => {
                if fail || epoch != self.epoch {
                    return Input::SealFailed;
                }
                self.seals += u32::from(!self.sealed);
                self.sealed = true;
                Input::Sealed
            }
            Effect::Send(_) | Effect::Close(_) => unreachable!("handled by the connection"),
        }
    }
}

/// One thing the network, the store or the person does.
#[derive(Debug, Clone)]
enum Event {
    Push,
    PushGap,
    PushBlob,
    Poll,
    Deliver { at: usize, copy: bool },
    DeliverZombie { connection: usize, at: usize },
    Answer { at: usize },
    Work { fail: bool },
    WorkZombie { connection: usize },
    LoseToServer,
    LoseToClient,
    Cut,
    Wait,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => Just(Event::Push),
        1 => Just(Event::PushGap),
        1 => Just(Event::PushBlob),
        4 => Just(Event::Poll),
        8 => (0..4_usize, prop::bool::weighted(0.2)).prop_map(|(at, copy)| Event::Deliver { at, copy }),
        2 => (0..8_usize, 0..4_usize).prop_map(|(connection, at)| Event::DeliverZombie { connection, at }),
        6 => (0..3_usize).prop_map(|at| Event::Answer { at }),
        6 => prop::bool::weighted(0.15).prop_map(|fail| Event::Work { fail }),
        2 => (0..8_usize).prop_map(|connection| Event::WorkZombie { connection }),
        1 => Just(Event::LoseToServer),
        1 => Just(Event::LoseToClient),
        1 => Just(Event::Cut),
        1 => Just(Event::Wait),
    ]
}

fn run(events: &[Event], limits: WireLimits) -> (Vec<Stored>, World) {
    let mut world = World::new(limits);
    let mut sent = Vec::new();
    let mut blobs = 0_u8;
    for event in events {
        let last = world.connections.len() - 1;
        match *event {
            Event::Push => {
                let marker = sent.len() as i64;
                sent.push(Stored::Interaction(marker));
                world.uplink.push(interaction(marker));
            }
            Event::PushGap => {
                sent.push(Stored::Gap);
                let from = world.now;
                world.uplink.push_gap(CaptureGap {
                    kind: CaptureGapKind::Quota,
                    from,
                    until: None,
                    lost: None,
                });
            }
            Event::PushBlob => {
                blobs = blobs.wrapping_add(1);
                world.uplink.push_blob(BlobRole::Frame, "image/png", Bytes::from(vec![blobs]));
            }
            Event::Poll => world.pump_uplink(),
            Event::Deliver { at, copy } => world.deliver_to_server(last, at, copy),
            Event::DeliverZombie { connection, at } => {
                world.deliver_to_server(connection % (last + 1), at, false);
            }
            Event::Answer { at } => world.deliver_to_client(at),
            Event::Work { fail } => world.work(last, fail),
            Event::WorkZombie { connection } => world.work(connection % (last + 1), false),
            Event::LoseToServer => drop(world.client().to_server.pop()),
            Event::LoseToClient => drop(world.client().to_client.pop()),
            Event::Cut => {
                world.uplink.disconnected();
                world.connect();
            }
            Event::Wait => world.now = world.now.after(Duration::from_secs(5)),
        }
        // At no moment is anything acknowledged that is not stored.
        assert!(world.uplink.acknowledged() <= world.store.places.len() as u64, "acknowledged before stored");
    }
    world.uplink.finish(SessionOutcome::Succeeded);
    world.settle();
    (sent, world)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn stored_equals_sent_under_loss_copies_reordering_and_reconnection(events in prop::collection::vec(event(), 1..250)) {
        let limits = WireLimits { credit: 16, max_batch: 5, blob_credit: 2, ..WireLimits::default() };
        let (sent, world) = run(&events, limits);
        prop_assert!(world.uplink.is_sealed(), "the session never ended");
        prop_assert_eq!(&world.store.places, &sent);
        prop_assert_eq!(world.store.seals, 1);
        prop_assert_eq!(world.uplink.pending_blobs(), 0);
    }
}

fn opened(limits: WireLimits) -> SessionMachine {
    let now = Timestamp::from_millis(0);
    let mut machine = SessionMachine::new(limits, now);
    let hello = r#"{"type":"hello","protocol":"codesight.v1","token":"t","clock":0}"#;
    let frame = decode(Incoming::Text(hello), &limits, false).expect("hello");
    machine.handle(now, Input::Frame(frame));
    let identity = Identity { tenant: "t".parse().expect("name"), collector: "c".parse().expect("name") };
    machine.handle(now, Input::Authenticated { identity: Some(identity), flags: Extra::new() });
    let start =
        serde_json::to_string(&codesight_core::wire::ClientMessage::SessionStart(Box::new(session_start())));
    let start = decode(Incoming::Text(&start.expect("serialisable")), &limits, true).expect("start");
    machine.handle(now, Input::Frame(start));
    let session_id = "s".parse().expect("name");
    machine.handle(
        now,
        Input::Opened(Ok(Resumed { session_id, epoch: 3, through: 0, sealed: false, flags: Extra::new() })),
    );
    machine
}

fn batch(epoch: u64, first_seq: u64, count: usize) -> Input {
    let interactions = vec![r#"{"type":"click","timestamp":1}"#; count].join(",");
    let text = format!(
        r#"{{"type":"batch","sessionId":"s","epoch":{epoch},"firstSeq":{first_seq},"interactions":[{interactions}]}}"#
    );
    Input::Frame(decode(Incoming::Text(&text), &WireLimits::default(), true).expect("batch"))
}

fn closes_with(effects: &[Effect]) -> Option<WireCode> {
    effects.iter().find_map(|effect| match effect {
        Effect::Close(code) => Some(*code),
        _ => None,
    })
}

#[test]
fn an_older_writer_is_shut_out() {
    let effects = opened(WireLimits::default()).handle(Timestamp::from_millis(1), batch(2, 1, 1));
    assert_eq!(closes_with(&effects), Some(WireCode::StaleEpoch));
}

#[test]
fn more_than_the_credit_closes() {
    let limits = WireLimits { credit: 3, ..WireLimits::default() };
    let effects = opened(limits).handle(Timestamp::from_millis(1), batch(3, 1, 4));
    assert_eq!(closes_with(&effects), Some(WireCode::CreditExceeded));
}

#[test]
fn a_hole_is_asked_for_once() {
    let mut machine = opened(WireLimits::default());
    let now = Timestamp::from_millis(1);
    let first = machine.handle(now, batch(3, 5, 1));
    assert!(matches!(&first[..], [Effect::Send(ServerMessage::Resend { from: 1, .. })]));
    assert!(machine.handle(now, batch(3, 6, 1)).is_empty());
    // Positions far beyond any session are a hole like any other.
    assert!(machine.handle(now, batch(3, u64::MAX - 2, 1)).is_empty());
}

#[test]
fn nothing_is_acknowledged_before_it_is_persisted() {
    let mut machine = opened(WireLimits::default());
    let now = Timestamp::from_millis(1);
    assert!(matches!(&machine.handle(now, batch(3, 1, 2))[..], [Effect::Append { first_seq: 1, .. }]));
    assert!(machine.handle(now, batch(3, 1, 2)).is_empty(), "a copy of what is under way waits");
    let effects = machine.handle(now, Input::Persisted { through: 2 });
    assert!(matches!(&effects[..], [Effect::Send(ServerMessage::Ack { through: 2, .. })]));
    let again = machine.handle(now, batch(3, 1, 2));
    assert!(matches!(&again[..], [Effect::Send(ServerMessage::Ack { through: 2, .. })]));
}

#[test]
fn silence_closes_before_and_after_the_greeting() {
    let limits = WireLimits::default();
    let mut fresh = SessionMachine::new(limits, Timestamp::from_millis(0));
    assert!(fresh.handle(Timestamp::from_millis(4_999), Input::Tick).is_empty());
    assert_eq!(
        closes_with(&fresh.handle(Timestamp::from_millis(5_000), Input::Tick)),
        Some(WireCode::Timeout)
    );
    let mut open = opened(limits);
    assert_eq!(
        closes_with(&open.handle(Timestamp::from_millis(90_000), Input::Tick)),
        Some(WireCode::Timeout)
    );
}

#[test]
fn a_drain_acknowledges_what_is_under_way_before_it_closes() {
    let mut machine = opened(WireLimits::default());
    let now = Timestamp::from_millis(1);
    machine.handle(now, batch(3, 1, 2));
    assert!(machine.handle(now, Input::Drain).is_empty(), "closed with an append under way");
    let effects = machine.handle(now, Input::Persisted { through: 2 });
    assert!(matches!(effects[0], Effect::Send(ServerMessage::Ack { through: 2, .. })));
    assert_eq!(closes_with(&effects), Some(WireCode::ServerShutdown));
}

#[test]
fn only_hello_may_come_first() {
    let limits = WireLimits::default();
    for text in
        [r#"{"type":"ping","at":1}"#, r#"{"type":"session.stop","sessionId":"s","epoch":1,"lastSeq":1}"#]
    {
        let mut machine = SessionMachine::new(limits, Timestamp::from_millis(0));
        let frame = decode(Incoming::Text(text), &limits, false).expect("frame");
        let effects = machine.handle(Timestamp::from_millis(1), Input::Frame(frame));
        assert_eq!(closes_with(&effects), Some(WireCode::UnexpectedMessage));
    }
}

#[test]
fn a_session_cannot_begin_without_a_purpose() {
    let limits = WireLimits::default();
    let mut start = session_start();
    start.consent.purposes.clear();
    let text = serde_json::to_string(&codesight_core::wire::ClientMessage::SessionStart(Box::new(start)))
        .expect("JSON");
    let Ok(ClientFrame::SessionStart(start)) = decode(Incoming::Text(&text), &limits, true) else {
        panic!("not a start")
    };
    let mut machine = SessionMachine::new(limits, Timestamp::from_millis(0));
    let hello = r#"{"type":"hello","protocol":"codesight.v1","token":"t","clock":0}"#;
    machine.handle(
        Timestamp::from_millis(0),
        Input::Frame(decode(Incoming::Text(hello), &limits, false).expect("hello")),
    );
    let identity = Identity { tenant: "t".parse().expect("name"), collector: "c".parse().expect("name") };
    machine.handle(
        Timestamp::from_millis(0),
        Input::Authenticated { identity: Some(identity), flags: Extra::new() },
    );
    let effects = machine.handle(Timestamp::from_millis(0), Input::Frame(ClientFrame::SessionStart(start)));
    assert_eq!(closes_with(&effects), Some(WireCode::ConsentMissing));
}
