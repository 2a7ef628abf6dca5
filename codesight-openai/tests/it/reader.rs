//! The reader takes a file in any pieces, within its bounds, and reports for people and programs.

use codesight_openai::limits::Limits;
use codesight_openai::validate::{Code, Validator, validate};

use crate::support::{judge, one_line};

const FILE: &[u8] =
    b"\xef\xbb\xbf{\"messages\":[]}\r\n\n{\"messages\":[{\"role\":\"user\",\"content\":\"h\xc3\xa9\"}]}\n{";

#[test]
fn the_verdict_does_not_depend_on_how_the_bytes_arrive() {
    let whole = judge(FILE, one_line());
    for size in 1..=FILE.len() {
        let mut validator = Validator::new(one_line(), None);
        for piece in FILE.chunks(size) {
            validator.push(piece).expect("no images");
        }
        assert_eq!(validator.finish().expect("no images"), whole, "pieces of {size}");
    }
    assert_eq!(whole.lines, 4);
    let places: Vec<_> =
        whole.findings.iter().map(|finding| (finding.code, finding.line, finding.column)).collect();
    assert_eq!(places[0], (Code::ByteOrderMark, Some(1), Some(1)));
    assert_eq!(places[1], (Code::CarriageReturn, Some(1), Some(19)), "the byte order mark counts");
    assert_eq!(places[2], (Code::MessagesNotAList, Some(1), Some(16)));
}

#[test]
fn a_line_without_end_is_not_kept() {
    let mut options = one_line();
    options.reader.max_line_bytes = 1_000;
    let mut validator = Validator::new(options, None);
    let piece = vec![b' '; 100_000];
    for _ in 0..100 {
        validator.push(&piece).expect("no images");
    }
    let verdict = validator.finish().expect("no images");
    assert_eq!((verdict.bytes, verdict.count(Code::LineTooLong)), (10_000_000, 1));
}

#[test]
fn findings_are_listed_up_to_a_bound_and_counted_beyond() {
    let mut options = one_line();
    options.reader.max_findings = 3;
    let verdict = judge("[]\n".repeat(50).as_bytes(), options);
    assert_eq!((verdict.findings.len(), verdict.count(Code::NotAnObject)), (3, 50));
    assert!(verdict.unlisted_findings >= 47);
}

#[test]
fn the_report_for_people_names_place_and_fix() {
    let text = judge(b"{\"messages\":[],\"x\":1}\n", one_line()).to_string();
    assert!(text.contains("1:20: error[unknown-top-level-key]"), "{text}");
    assert!(text.contains("At messages."), "{text}");
    assert!(text.contains("fix: "), "{text}");
}

#[test]
fn the_report_for_programs_has_stable_names() {
    let json = judge(b"{\"messages\":[],\"x\":1}\n", one_line()).to_json().expect("serialisable");
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(report["counts"]["unknown-top-level-key"], 1);
    assert_eq!(report["findings"][0]["code"], "unknown-top-level-key");
    assert_eq!(report["findings"][0]["severity"], "error");
    assert_eq!(report["limitsAsOf"], "2026-11-22");
    assert_eq!(report["upload"], "direct");
}

#[test]
fn limits_are_data_that_a_caller_can_replace() {
    for name in ["openai", "azure", "together", "fireworks"] {
        let limits = Limits::named(name).expect("a known service");
        let json = serde_json::to_string(&limits).expect("serialisable");
        assert_eq!(serde_json::from_str::<Limits>(&json).expect("own text"), limits);
        assert_eq!(limits.provider, name);
    }
    let mut azure = Limits::azure();
    azure.min_examples = 1;
    let options = codesight_openai::validate::ValidatorOptions { limits: azure, ..Default::default() };
    let verdict = validate(&mut &FILE[3..16], options, None).expect("in memory");
    assert_eq!(verdict.count(Code::MissingByteOrderMark), 1);
}

/// Lines with tools, most of them the same, some with faults of their own.
fn lines_with_tools() -> Vec<u8> {
    let tool = |name: &str| {
        format!(r#"{{"type":"function","function":{{"name":"{name}","description":"{}"}}}}"#, "d".repeat(300))
    };
    let mut file = Vec::new();
    for number in 0..600 {
        let tools = match number % 100 {
            7 => format!("[{},{}]", tool("f"), tool("f")),
            8 => format!("[{}, {}]", tool("f"), tool("g")),
            9 => r#"[{"type":"function","function":{"name":"<|im_end|>"}}]"#.to_owned(),
            10 => format!(r#"[{}{}]"#, "[".repeat(70), "]".repeat(70)),
            11 => "[{]".to_owned(),
            _ => format!("[{}]", tool("f")),
        };
        let name = if number % 50 == 3 { "g" } else { "f" };
        let call =
            format!(r#"{{"id":"c","type":"function","function":{{"name":"{name}","arguments":"{{}}"}}}}"#);
        file.extend(
            format!(
                r#"{{"tools":{tools},"messages":[{{"role":"system","content":"s"}},{{"role":"user","content":"{number}"}},{{"role":"assistant","tool_calls":[{call}]}}]}}"#
            )
            .into_bytes(),
        );
        file.push(b'\n');
    }
    file
}

#[test]
fn the_verdict_does_not_depend_on_the_number_of_threads() {
    let file = lines_with_tools();
    let judged = |threads: usize| {
        let mut options = one_line();
        options.reader.threads = Some(threads);
        judge(&file, options)
    };
    let alone = judged(1);
    // 12 lines call what their tools do not have, two of a hundred; one of them where the tools have it.
    assert_eq!(alone.count(Code::UnknownFunction), 12 + 6);
    assert_eq!((alone.count(Code::DuplicateTool), alone.count(Code::TooDeep)), (6, 6));
    assert_eq!((alone.count(Code::InvalidJson), alone.count(Code::SpecialToken)), (6, 6));
    assert_eq!(alone.tokens.billed, judged(3).tokens.billed);
    for threads in [2, 3, 16] {
        assert_eq!(judged(threads), alone, "{threads} threads");
    }
}

#[test]
fn a_fault_in_known_tools_is_placed_in_its_line() {
    let file = lines_with_tools();
    let verdict = judge(&file, one_line());
    let line = |number: u64| file.split(|byte| *byte == b'\n').nth(number as usize - 1).expect("a line");
    let of = |code: Code| verdict.findings.iter().find(|finding| finding.code == code).expect("found");
    let (deep, invalid) = (of(Code::TooDeep), of(Code::InvalidJson));
    assert_eq!((deep.line, invalid.line), (Some(11), Some(12)));
    let at =
        |finding: &codesight_openai::validate::LineFinding| finding.column.expect("a place") as usize - 1;
    assert_eq!(line(11)[at(deep)], b'[');
    assert_eq!(&line(12)[..=at(invalid)], b"{\"tools\":[{]");
}
