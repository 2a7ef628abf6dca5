//! Each rule of the validator has a minimal bad file that breaks it, and nothing else, at a known place.

use std::collections::BTreeSet;

use bytes::Bytes;
use codesight_core::model::Severity;
use codesight_core::{Error, Result};
use codesight_openai::limits::{ByteOrderMark, Limits};
use codesight_openai::validate::{
    Code, ImageSource, LineKind, ReaderLimits, UploadRoute, ValidatorOptions, validate,
};
use image::{DynamicImage, ImageFormat};

use crate::support::{data_url, encoded, judge, one_line, png};

const GOOD: &str = r#"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}"#;
const SYSTEM: &str = r#"{"role":"system","content":"s"}"#;
const USER: &str = r#"{"role":"user","content":"u"}"#;
const ANSWER: &str = r#"{"role":"assistant","content":"a"}"#;
const TOOLS: &str = r#"[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},{"type":"function","function":{"name":"computer","parameters":{"type":"object","properties":{"actions":{}}}}}]"#;

/// What is wrong begins with this text, in the given line.
struct Case {
    code: Code,
    file: Vec<u8>,
    options: ValidatorOptions,
    place: Option<(u64, u64)>,
}

/// A file of one line whose fault begins where `fault` first stands.
fn line(code: Code, text: &str, fault: &str) -> Case {
    let column = text.find(fault).expect("the fault is in the line") as u64 + 1;
    Case { code, file: format!("{text}\n").into_bytes(), options: one_line(), place: Some((1, column)) }
}

/// A line with system and user message, and these behind them.
fn chat(messages: &[&str]) -> String {
    format!(r#"{{"messages":[{SYSTEM},{USER},{}]}}"#, messages.join(","))
}

/// A line with an answer and a user message of these parts.
fn parts(parts: &str) -> String {
    format!(r#"{{"messages":[{SYSTEM},{{"role":"user","content":[{parts}]}},{ANSWER}]}}"#)
}

/// A line with an answer and a user message with this image.
fn image(url: &str) -> String {
    parts(&format!(r#"{{"type":"image_url","image_url":{{"url":"{url}"}}}}"#))
}

/// A line with tools and these messages behind the user's.
fn tools(messages: &[&str]) -> String {
    format!(r#"{{"tools":{TOOLS},"messages":[{SYSTEM},{USER},{}]}}"#, messages.join(","))
}

fn call(id: &str, name: &str, arguments: &str) -> String {
    let arguments = serde_json::to_string(arguments).expect("a text");
    format!(r#"{{"id":"{id}","type":"function","function":{{"name":"{name}","arguments":{arguments}}}}}"#)
}

fn calls(calls: &[&str]) -> String {
    format!(r#"{{"role":"assistant","tool_calls":[{}]}}"#, calls.join(","))
}

fn with(mut case: Case, change: impl FnOnce(&mut ValidatorOptions)) -> Case {
    change(&mut case.options);
    case
}

fn file(code: Code, file: impl Into<Vec<u8>>, place: Option<(u64, u64)>) -> Case {
    Case { code, file: file.into(), options: one_line(), place }
}

fn reader(change: impl FnOnce(&mut ReaderLimits)) -> impl FnOnce(&mut ValidatorOptions) {
    move |options| change(&mut options.reader)
}

fn file_cases() -> Vec<Case> {
    let two = format!("{GOOD}\n{}\n", chat(&[r#"{"role":"assistant","content":"b"}"#]));
    let picture = |answer: &str| {
        let url = data_url("image/png", &png(2, 2));
        image(&url).replace(ANSWER, &format!(r#"{{"role":"assistant","content":"{answer}"}}"#))
    };
    vec![
        file(Code::EmptyFile, "", None),
        with(file(Code::TooFewExamples, format!("{GOOD}\n"), None), |options| {
            options.limits = Limits::openai();
        }),
        with(file(Code::TooManyExamples, two.clone(), None), |options| options.limits.max_examples = Some(1)),
        with(
            file(Code::TooManyImageExamples, format!("{}\n{}\n", picture("a"), picture("b")), None),
            |options| options.limits.max_image_examples = Some(1),
        ),
        with(file(Code::FileTooLarge, format!("{GOOD}\n"), None), |options| {
            options.limits.max_file_bytes = Some(9);
        }),
        with(file(Code::FileNeedsParts, format!("{GOOD}\n"), None), |options| {
            options.limits.max_direct_file_bytes = Some(9);
        }),
        file(Code::ByteOrderMark, format!("\u{feff}{GOOD}\n"), Some((1, 1))),
        with(file(Code::MissingByteOrderMark, format!("{GOOD}\n"), Some((1, 1))), |options| {
            options.limits.byte_order_mark = ByteOrderMark::Expected;
        }),
        file(Code::CarriageReturn, format!("{GOOD}\r\n"), Some((1, GOOD.len() as u64 + 1))),
        file(Code::DuplicateLine, format!("{GOOD}\n{GOOD}\n"), Some((2, 1))),
        with(
            file(Code::DuplicatesNotTracked, two, Some((2, 1))),
            reader(|reader| reader.max_tracked_lines = 1),
        ),
        with(file(Code::LineTooLong, format!("{GOOD}\n{GOOD} \n{}", ""), Some((2, 1))), {
            reader(|reader| reader.max_line_bytes = GOOD.len())
        }),
        file(Code::BlankLine, format!("{GOOD}\n \n"), Some((2, 1))),
        file(Code::InvalidUtf8, [GOOD.as_bytes(), b"\n\"a\xff\"\n"].concat(), Some((2, 3))),
        file(Code::UnfinishedJson, format!("{GOOD}\n{{\n"), Some((2, 1))),
        file(Code::InvalidJson, format!("{GOOD}\n{{x\n"), Some((2, 2))),
        file(Code::TrailingData, format!("{GOOD}\n{{}}{{}}\n"), Some((2, 3))),
        with(file(Code::TooDeep, format!("{GOOD}\n[[[[[[[[[1]]]]]]]]]\n"), Some((2, 9))), {
            reader(|reader| reader.max_depth = 8)
        }),
        with(file(Code::TooManyValues, format!("{GOOD}\n[{}1]\n", "1,".repeat(40)), Some((2, 39))), {
            reader(|reader| reader.max_values = 20)
        }),
        file(Code::NotAnObject, format!("{GOOD}\n []\n"), Some((2, 2))),
    ]
}

fn message_cases() -> Vec<Case> {
    vec![
        line(
            Code::DuplicateKey,
            &chat(&[r#"{"role":"assistant","content":"a","content":"b"}"#]),
            r#"{"role":"assistant""#,
        ),
        line(Code::UnknownTopLevelKey, &GOOD.replace("]}", r#"],"weight":1}"#), "1}"),
        line(Code::MissingMessages, "{}", "{"),
        line(Code::MessagesNotAList, r#"{"messages":{}}"#, "{}"),
        line(Code::MessageNotAnObject, &chat(&["1", ANSWER]), "1,"),
        line(Code::MissingRole, &chat(&[r#"{"content":"x"}"#, ANSWER]), r#"{"content":"x"#),
        line(Code::UnknownRole, &chat(&[r#"{"role":"robot","content":"x"}"#, ANSWER]), r#""robot"#),
        line(Code::UnknownMessageKey, &GOOD.replace(r#""u"}"#, r#""u","weight":5}"#), "5}"),
        line(Code::MissingContent, &chat(&[r#"{"role":"assistant"}"#]), r#"{"role":"assistant"#),
        line(Code::MissingContent, &chat(&[r#"{"role":"assistant","content":null}"#]), "null"),
        line(Code::WrongContentType, &GOOD.replace(r#""u""#, "7"), "7"),
        line(Code::WrongContentType, &parts(r#"{"type":"text","text":7}"#), "7"),
        line(Code::UnknownContentPart, &parts(r#"{"type":"sound"}"#), r#"{"type"#),
        line(Code::UnknownPartKey, &parts(r#"{"type":"text","text":"x","colour":7}"#), "7"),
        line(Code::WrongName, &GOOD.replace(r#""u"}"#, r#""u","name":7}"#), "7"),
        line(Code::NoAssistantMessage, &format!(r#"{{"messages":[{SYSTEM},{USER}]}}"#), "[{"),
        line(
            Code::LastNotAssistant,
            &chat(&[ANSWER, r#"{"role":"user","content":"v"}"#]),
            r#"{"role":"user","content":"v"#,
        ),
        line(Code::EmptyAnswer, &chat(&[r#"{"role":"assistant","content":""}"#]), r#""""#),
        line(Code::NothingTrained, &chat(&[r#"{"role":"assistant","content":"a","weight":0}"#]), "[{"),
        line(Code::WrongWeight, &chat(&[r#"{"role":"assistant","content":"a","weight":0.5}"#]), "0.5"),
        line(Code::NoSystemMessage, &format!(r#"{{"messages":[{USER},{ANSWER}]}}"#), "[{"),
        line(Code::NoUserMessage, &format!(r#"{{"messages":[{SYSTEM},{ANSWER}]}}"#), "[{"),
        line(
            Code::DeprecatedFunctions,
            &chat(&[r#"{"role":"assistant","function_call":{"name":"f","arguments":"{}"}}"#]),
            r#"{"role":"assistant"#,
        ),
        line(Code::SpecialToken, &GOOD.replace(r#""u""#, r#""a <|im_start|> b""#), r#""a <"#),
        line(Code::SpecialToken, &GOOD.replace(r#""u""#, r#""a \u003c|endoftext|> b""#), r#""a \"#),
        line(
            Code::SpecialToken,
            &tools(&[&calls(&[&call("c", "f", r#"{"x":"\u003c|im_end|>"}"#)])]),
            r#""{\"x\""#,
        ),
        line(Code::ForeignSpecialToken, &GOOD.replace(r#""u""#, r#""see <image>""#), r#""see"#),
    ]
}

fn tool_cases() -> Vec<Case> {
    let f = |id: &str| call(id, "f", "{}");
    let act =
        |actions: &str| tools(&[&calls(&[&call("c", "computer", &format!(r#"{{"actions":[{actions}]}}"#))])]);
    let pictured = |actions: &str| {
        let url = data_url("image/png", &png(8, 6));
        let user =
            format!(r#"{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"{url}"}}}}]}}"#);
        act(actions).replace(USER, &user)
    };
    let tool = |list: &str| GOOD.replace("]}", &format!(r#"],"tools":{list}}}"#));
    let answer = |id: &str| format!(r#"{{"role":"tool","tool_call_id":"{id}","content":"ok"}}"#);
    let wrong = |code, actions| line(code, &act(actions), r#""{\"actions"#);
    vec![
        line(Code::ToolsNotAList, &tool("[]"), "[]"),
        line(Code::WrongTool, &tool(r#"[{"type":"computer"}]"#), r#"{"type":"computer"#),
        line(Code::WrongFunctionName, &tool(r#"[{"type":"function","function":{"name":"a b"}}]"#), r#""a b"#),
        line(
            Code::DuplicateTool,
            &tool(
                r#"[{"type":"function","function":{"name":"g"}},{"type":"function","function":{"name": "g"}}]"#,
            ),
            r#""g"}}]"#,
        ),
        with(line(Code::TooManyTools, &tools(&[ANSWER]), "[{"), |options| options.limits.max_tools = 1),
        line(Code::WrongParallelToolCalls, &GOOD.replace("]}", r#"],"parallel_tool_calls":0}"#), "0}"),
        line(
            Code::ParallelCalls,
            &tools(&[&calls(&[&f("c"), &f("d")])]).replace("]}]}", r#"]}],"parallel_tool_calls":false}"#),
            r#"[{"id""#,
        ),
        line(
            Code::ToolCallsNotAList,
            &chat(&[r#"{"role":"assistant","content":"a","tool_calls":{}}"#]),
            "{}",
        ),
        line(Code::WrongToolCall, &tools(&[&calls(&[r#"{"id":"c"}"#])]), r#"{"id""#),
        line(
            Code::DuplicateToolCallId,
            &tools(&[&calls(&[&f("c"), &f("c").replace(r#":"c""#, r#": "c""#)])]),
            r#" "c""#,
        )
        .right_by_one(),
        line(Code::UnknownFunction, &tools(&[&calls(&[&call("c", "g", "{}")])]), r#""g""#),
        line(
            Code::ArgumentsNotText,
            &tools(&[&calls(&[&f("c").replace(r#""{}""#, r#"{"z":1}"#)])]),
            r#"{"z"#,
        ),
        line(Code::ArgumentsNotJson, &tools(&[&calls(&[&call("c", "f", "[]")])]), r#""[]""#),
        wrong(Code::WrongComputerArguments, ""),
        wrong(Code::WrongComputerArguments, r#"{"type":"click","button":"left","x":1.5,"y":2}"#),
        wrong(Code::WrongComputerArguments, r#"{"type":"wait","x":1}"#),
        line(
            Code::CoordinatesOutsideImage,
            &pictured(r#"{"type":"move","x":7,"y":5},{"type":"move","x":8,"y":5}"#),
            r#""{\"actions"#,
        ),
        line(
            Code::CoordinatesOutsideImage,
            &pictured(r#"{"type":"drag","path":[{"x":0,"y":0},{"x":0,"y":-1}]}"#),
            r#""{\"actions"#,
        ),
        line(
            Code::MissingToolCallId,
            &tools(&[r#"{"role":"tool","content":"ok"}"#, ANSWER]),
            r#"{"role":"tool"#,
        ),
        line(Code::AnswerWithoutCall, &tools(&[&answer("x"), ANSWER]), r#""x""#),
        line(
            Code::UnansweredCall,
            &tools(&[&calls(&[&f("c"), &f("d")]), &answer("c"), ANSWER]),
            r#"{"id":"d""#,
        ),
    ]
}

fn image_cases() -> Vec<Case> {
    let good = data_url("image/png", &png(4, 4));
    let part = |inner: &str| parts(&format!(r#"{{"type":"image_url","image_url":{inner}}}"#));
    let jpeg = encoded(&DynamicImage::new_rgb8(4, 4), ImageFormat::Jpeg);
    let webp = encoded(&DynamicImage::new_rgb8(4, 4), ImageFormat::WebP);
    let grey = encoded(&DynamicImage::new_luma8(4, 4), ImageFormat::Png);
    let url = |code, url: &str| line(code, &image(url), &format!("\"{url}"));
    let in_archive = |code, path: &str| with(url(code, path), |options| options.archive_paths = true);
    let assistant = format!(
        r#"{{"role":"assistant","content":[{{"type":"image_url","image_url":{{"url":"{good}"}}}}]}}"#
    );
    vec![
        line(Code::ImageOutsideUser, &chat(&[&assistant]), r#"{"type":"image_url"#),
        line(Code::MissingImageUrl, &part("{}"), "{}"),
        line(Code::WrongDetail, &part(&format!(r#"{{"url":"{good}","detail":"fine"}}"#)), r#""fine"#),
        with(url(Code::RemoteImageRefused, "https://shop.test/a.png"), |options| {
            options.remote_images = Some(false);
        }),
        url(Code::PathImageRefused, "screenshots/1.png"),
        in_archive(Code::UnsafeImagePath, "../1.png"),
        in_archive(Code::ImageNotFound, "screenshots/2.png"),
        url(Code::WrongImageUrl, "ftp://shop.test/a.png"),
        url(Code::WrongImageUrl, "data:image/png,abc"),
        url(Code::WrongBase64, "data:image/png;base64,%%%%"),
        url(Code::ImageFormatRefused, "data:image/gif;base64,R0lGODdhAQABAIAAAAUEBA=="),
        with(url(Code::ImageFormatRefused, &data_url("image/webp", &webp)), |options| {
            options.limits.image_formats = Limits::fireworks().image_formats;
        }),
        url(Code::ImageTypeMismatch, &data_url("image/png", &jpeg)),
        with(url(Code::ImageTooLarge, &good), |options| options.limits.max_image_bytes = Some(20)),
        url(Code::ImageUnreadable, &data_url("image/png", &png(4, 4)[..20])),
        url(Code::ImageNotRgb, &data_url("image/png", &grey)),
        with(line(Code::TooManyImages, &part(&format!(r#"{{"url":"{good}"}}"#)), "[{"), |options| {
            options.limits.max_images_per_example = Some(0);
        }),
    ]
}

fn budget_cases() -> Vec<Case> {
    let code = if cfg!(feature = "tokens") { Code::TooManyTokens } else { Code::MaybeTooManyTokens };
    let long = GOOD.replace(r#""u""#, &format!("\"{}\"", "word ".repeat(90)));
    let mut many = line(Code::MoreFindings, &GOOD.replace(r#""s"}"#, r#""s","p":1,"q":2}"#), "{");
    many.options.reader.max_findings_per_line = 1;
    vec![with(line(code, &long, "{"), |options| options.limits.max_example_tokens = Some(50)), many]
}

impl Case {
    /// The fault is the character behind the blank that marks it.
    fn right_by_one(mut self) -> Self {
        self.place = self.place.map(|(line, column)| (line, column + 1));
        self
    }
}

struct EmptyArchive;

impl ImageSource for EmptyArchive {
    fn image(&self, _: &str) -> Result<Bytes> {
        Err(Error::not_found("test.image", "no image"))
    }
}

/// A line of another kind.
fn kind(kind: LineKind, code: Code, text: &str, fault: &str) -> Case {
    let case = line(code, text, fault);
    Case { options: ValidatorOptions { kind, ..case.options }, ..case }
}

/// A line for preferences with this question and these answers.
fn pair(input: &str, better: &str, worse: &str) -> String {
    format!(r#"{{"input":{input},"preferred_output":{better},"non_preferred_output":{worse}}}"#)
}

fn kind_cases() -> Vec<Case> {
    let asked = format!(r#"{{"messages":[{SYSTEM},{USER}]}}"#);
    let answer = |text: &str| format!(r#"[{{"role":"assistant","content":"{text}"}}]"#);
    let preference = |code, text: &str, fault| kind(LineKind::Preference, code, text, fault);
    let graded = |code, text: &str, fault| kind(LineKind::Reinforcement, code, text, fault);
    let (a, b) = (answer("a"), answer("b"));
    vec![
        preference(
            Code::MissingInput,
            &format!(r#"{{"preferred_output":{a},"non_preferred_output":{b}}}"#),
            "{",
        ),
        preference(Code::WrongPreferenceOutput, &pair(&asked, "[]", &b), "[]"),
        preference(Code::SameOutputs, &pair(&asked, &a, &a), &format!("{a}}}")),
        graded(Code::LastNotUser, &format!(r#"{{"messages":[{USER},{ANSWER}],"answer":"x"}}"#), ANSWER),
        graded(
            Code::ImagesNotTrained,
            &format!(
                r#"{{"messages":[{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"{}"}}}}]}}]}}"#,
                data_url("image/png", &png(4, 4))
            ),
            r#"[{"role":"user""#,
        ),
    ]
}

#[test]
fn lines_of_the_other_kinds_are_judged_by_their_own_rules() {
    let asked = format!(r#"{{"messages":[{SYSTEM},{USER}]}}"#);
    let good =
        pair(&asked, r#"[{"role":"assistant","content":"a"}]"#, r#"[{"role":"assistant","content":"b"}]"#);
    let of = |kind| ValidatorOptions { kind, ..one_line() };
    assert_eq!(judge(good.as_bytes(), of(LineKind::Preference)).findings, []);
    assert!(!judge(good.as_bytes(), of(LineKind::Supervised)).is_accepted());
    // The names of an older description of the API.
    let old = good.replace("_output", "_completion");
    assert_eq!(judge(old.as_bytes(), of(LineKind::Preference)).count(Code::UnknownTopLevelKey), 2);
    let graded = asked.replace("]}", r#"],"answer":"x","anything":{"else":1}}"#);
    assert_eq!(judge(graded.as_bytes(), of(LineKind::Reinforcement)).findings, []);
    assert!(!judge(GOOD.as_bytes(), of(LineKind::Reinforcement)).is_accepted());
}

fn all_cases() -> Vec<Case> {
    [file_cases(), message_cases(), tool_cases(), image_cases(), budget_cases(), kind_cases()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn each_bad_file_breaks_its_rule_and_no_other() {
    let mut wrong = Vec::new();
    for case in all_cases() {
        let code = case.code;
        let verdict =
            validate(&mut case.file.as_slice(), case.options, Some(&EmptyArchive)).expect("in memory");
        let found: Vec<_> = verdict
            .findings
            .iter()
            // The rule about unlisted findings never comes alone.
            .filter(|finding| code != Code::MoreFindings || finding.code == code)
            .map(|finding| (finding.code, finding.line.zip(finding.column)))
            .collect();
        let is_error = code.severity() == Severity::Error;
        if found != [(code, case.place)] || (code != Code::MoreFindings && verdict.is_accepted() == is_error)
        {
            wrong.push(format!(
                "{code} at {:?}: {found:?} in {}",
                case.place,
                String::from_utf8_lossy(&case.file)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_case() {
    let shown: BTreeSet<_> = all_cases().iter().map(|case| case.code).collect();
    let missing: Vec<_> = Code::ALL
        .iter()
        .filter(|code| !shown.contains(code))
        // Which of the two is found depends on a feature.
        .filter(|code| !matches!(code, Code::TooManyTokens | Code::MaybeTooManyTokens))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len(), "codes are distinct");
}

#[test]
fn good_lines_give_no_finding() {
    let answered = tools(&[
        &calls(&[&call("c", "f", "{}")]),
        r#"{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"ok"}]}"#,
        r#"{"role":"assistant","content":"done","weight":1}"#,
    ]);
    let pictured = image(&data_url("image/jpeg", &encoded(&DynamicImage::new_rgb8(9, 9), ImageFormat::Jpeg)));
    let remote = image("https://shop.test/a.png");
    for text in [GOOD, &answered, &pictured, &remote] {
        let verdict = judge(text.as_bytes(), one_line());
        assert_eq!(verdict.findings, [], "{text}");
        assert!(verdict.is_accepted());
        assert_eq!((verdict.examples, verdict.good_examples, verdict.upload), (1, 1, UploadRoute::Direct));
    }
}

#[test]
fn a_finding_holds_no_content() {
    let secret = "4111 1111 1111 1111";
    let text = format!(
        r#"{{"{secret}":"{secret}","messages":[{{"role":"{secret}","content":"{secret}"}},{{"role":"user","content":"{secret}<|im_end|>"}}]}}"#
    );
    let verdict = judge(text.as_bytes(), one_line());
    assert!(verdict.errors >= 3);
    assert!(!verdict.to_string().contains(secret));
    assert!(!verdict.to_json().expect("serialisable").contains(secret));
}
