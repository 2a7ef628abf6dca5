//! The fuzz targets, driven by a corpus and by mutations of it that are the same in every run.

use codesight_core::import::{Source, import};

use crate::import::options;
use crate::targets::TARGETS;

const DETECT: &str = include_str!("../data/privacy/detect.txt");
const IDS: &str = include_str!("../data/privacy/national-ids.txt");
const PLANTS: &str = include_str!("../data/privacy/plants.json");
const FIELDS: &str = include_str!("../data/privacy/fields.json");
const CLIENT: &str = include_str!("../data/wire/v1/client.jsonl");
/// Recordings of other tools in little.
const RECORDINGS: [&str; 6] = [
    r#"{"title":"t","steps":[{"type":"setViewport","width":1280,"height":800},{"type":"navigate","url":"https://shop.test/"},{"type":"click","selectors":[["aria/Buy"],["a.b"]],"offsetX":1,"offsetY":2},{"type":"change","value":"jane@shop.test","selectors":["input"]}]}"#,
    r#"{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[{"startedDateTime":"2026-01-01T00:00:00Z","time":1,"request":{"method":"GET","url":"https://shop.test/?q=1","headers":[],"queryString":[],"cookies":[]},"response":{"status":200,"headers":[],"content":{"mimeType":"text/html","text":"<p>x</p>"}}}]}}"#,
    r#"[{"type":4,"timestamp":1,"data":{"href":"https://shop.test/","width":800,"height":600}},{"type":2,"timestamp":2,"data":{"node":{"type":0,"id":1,"childNodes":[{"type":2,"tagName":"html","attributes":{},"id":2,"childNodes":[{"type":3,"textContent":"x","id":3}]}]},"initialOffset":{"top":0,"left":0}}},{"type":3,"timestamp":3,"data":{"source":2,"type":2,"id":3,"x":1,"y":1}}]"#,
    r#"{"version":7,"type":"context-options","browserName":"chromium","options":{}}
{"type":"before","callId":"c1","startTime":1,"class":"Frame","method":"click","params":{"selector":"a"}}
{"type":"after","callId":"c1","endTime":2}"#,
    r#"{"browserName":"chromium","launchOptions":{},"contextOptions":{}}
{"name":"openPage","url":"https://shop.test/","signals":[]}
{"name":"click","selector":"internal:role=button[name=\"Buy\"i]","button":"left","modifiers":0,"clickCount":1,"signals":[]}"#,
    r#"{"annotation_id":"a","website":"shop","confirmed_task":"Buy","actions":[{"action_uid":"u","operation":{"op":"CLICK","value":""},"pos_candidates":[],"raw_html":"<a backend_node_id=\"1\">x</a>"}]}"#,
];
/// What a mutation puts in: signs that parsers turn at.
const SIGNS: [&[u8]; 16] = [
    b"@",
    b"%40",
    b"%",
    b"&#64;",
    b"\\u0040",
    b"1",
    b" ",
    b"-",
    b"<EMAIL_1>",
    b"\"",
    b"{",
    b"]",
    b"\xf0\x9f\x98\x80",
    b"\xff",
    "\u{ff11}".as_bytes(),
    b"\t",
];
/// Mutations of a seed.
const MUTATIONS: usize = 30;
/// Bytes of a seed at most, so that a run is short.
const LONGEST: usize = 2_000;

/// Numbers that are the same in every run (Marsaglia's xorshift of 64 bits).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).expect("below a usize")
    }

    /// Changes some places: takes bytes out, doubles them, puts signs or parts of another seed in.
    fn mutate(&mut self, seed: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.next(4) {
            let at = self.next(bytes.len() + 1);
            let end = (at + self.next(12)).min(bytes.len());
            let put: Vec<u8> = match self.next(5) {
                0 => Vec::new(),
                1 => bytes[at..end].repeat(2),
                2 => vec![u8::try_from(self.next(256)).expect("below 256")],
                3 => {
                    let from = self.next(other.len() + 1);
                    other[from..(from + self.next(24)).min(other.len())].to_vec()
                }
                _ => SIGNS[self.next(SIGNS.len())].to_vec(),
            };
            bytes.splice(at..end, put);
        }
        bytes
    }
}

/// Each seed with a first byte, by which a target chooses.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let texts: Vec<&str> = match target {
        "wire" => CLIENT.lines().collect(),
        "import" => RECORDINGS.to_vec(),
        "fields" => FIELDS.lines().collect(),
        _ => DETECT.lines().chain(IDS.lines()).chain(PLANTS.lines()).collect(),
    };
    let seed = |(number, text): (usize, &str)| {
        let text = if target == "fields" { text.replace("\", \"", "\t") } else { text.to_owned() };
        let mut seed = vec![u8::try_from(number % 4).expect("below 4")];
        seed.extend(text.bytes().take(LONGEST));
        seed
    };
    texts.into_iter().enumerate().map(seed).collect()
}

#[test]
fn the_recordings_of_the_corpus_are_recordings() {
    for recording in RECORDINGS {
        let read = import(&Source::file("file.json", recording.as_bytes()), &options());
        assert!(read.is_ok(), "{:?} of {recording}", read.err());
    }
}

#[test]
fn every_fuzz_target_holds_on_its_corpus_and_on_mutations_of_it() {
    for (name, target) in TARGETS {
        let (seeds, mut numbers, mut runs) = (seeds(name), Numbers(0x9e37_79b9_7f4a_7c15), 0);
        // The fewer seeds there are, the more is made of each.
        let mutations = MUTATIONS.max(4_000 / seeds.len());
        for seed in &seeds {
            target(seed);
            for _ in 0..mutations {
                let other = &seeds[numbers.next(seeds.len())];
                target(&numbers.mutate(seed, other));
                runs += 1;
            }
        }
        println!("{name}: {} seeds, {runs} mutations", seeds.len());
        assert!(seeds.len() >= 6 && runs >= 3_000, "{name}: {} seeds, {runs} mutations", seeds.len());
    }
}
