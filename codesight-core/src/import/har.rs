//! HTTP archives: the pages that were opened, without cookies, credentials and bodies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::interaction;
use super::rules::{self, Tally};
use super::{ImportOptions, Imported, ImportedSession, Importer, Source, json};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{InteractionType, SessionGoal, SessionOutcome, SessionType};
use crate::time::Timestamp;

/// Reads HTTP archives of version 1.1 and 1.2.
#[derive(Debug, Clone, Copy, Default)]
pub struct Har;

const OPERATION: &str = "import.har";

/// Headers that prove who somebody is.
const CREDENTIALS: [&str; 9] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "set-cookie2",
    "x-api-key",
    "x-auth-token",
    "x-csrf-token",
    "x-xsrf-token",
];

/// One request for a document, with nothing in it that could prove who somebody is.
#[derive(Debug)]
struct Request {
    page: Option<String>,
    started: Timestamp,
    url: String,
    is_post: bool,
    status: u64,
    redirect: Option<String>,
    milliseconds: f64,
}

impl Importer for Har {
    fn name(&self) -> &'static str {
        "har"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head().starts_with('{') && source.head_has(&["\"log\"", "\"version\"", "\"creator\""])
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let text = source.only()?;
        let archive = json::parse(text, &options.limits)?;
        let Some(log) = archive.get("log").filter(|log| log.is_object()) else {
            return Err(Error::invalid(OPERATION, "an HTTP archive has a log"));
        };
        let version = json::text(log, "version").unwrap_or("1.1");
        if !matches!(version, "1.1" | "1.2" | "") {
            return Err(Error::new(ErrorKind::Unsupported, OPERATION, rules::VERSION_UNKNOWN.explanation)
                .with("supported", "1.1, 1.2"));
        }
        let entries = json::list(log, "entries");
        json::check_count(entries.len(), options.limits.max_events)?;
        let titles: BTreeMap<&str, &str> = json::list(log, "pages")
            .iter()
            .filter_map(|page| Some((json::text(page, "id")?, json::text(page, "title").unwrap_or_default())))
            .collect();
        let mut tally = Tally::default();
        let mut documents: Vec<Request> =
            entries.iter().filter_map(|entry| document(entry, options, &mut tally)).collect();
        documents.sort_by_key(|request| request.started);
        tally.add(&rules::FRAMES_MISSING, usize::from(!entries.is_empty()));

        let mut imported = Imported::new(self.name());
        if entries.is_empty() {
            return Ok(imported);
        }
        let mut navigations = Vec::new();
        let mut requests = documents.into_iter().peekable();
        while let Some(first) = requests.next() {
            let mut last = Request { ..first };
            let (started, is_post, page) = (last.started, last.is_post, last.page.clone());
            let mut hops = 0_u32;
            // A chain of redirects is one navigation. Each hop uses up one request, so a loop ends with the archive.
            while let Some(to) = last.redirect.take()
                && requests.peek().is_some_and(|next| next.url == to)
                && let Some(next) = requests.next()
            {
                hops += 1;
                last = next;
            }
            let mut navigation = interaction::blank(InteractionType::Navigation, started);
            let title = page.as_deref().and_then(|page| titles.get(page)).copied().unwrap_or_default();
            let url = interaction::shortened(&last.url, options.limits.max_text).to_owned();
            // Archivers put the address where a page has no title.
            navigation.page_context.title = if is_address(title) { String::new() } else { title.to_owned() };
            navigation.page_context.url.clone_from(&url);
            navigation.action.url = Some(url);
            navigation.action.cause = is_post.then(|| "form".to_owned());
            navigation.action.raw_events = Some(hops + 1);
            let until = last.started.millis_since(started) as f64 + last.milliseconds;
            navigation.action.duration_ms = Some(until.max(0.0));
            navigation.extra.insert("httpStatus".to_owned(), last.status.into());
            navigations.push(interaction::entry(navigation));
        }
        imported.sessions.push(ImportedSession {
            start: options.start(
                self.name(),
                &[text],
                SessionType::Human,
                SessionGoal::default(),
                log.pointer("/creator/name").and_then(Value::as_str).map(str::to_owned),
            )?,
            entries: navigations,
            blobs: Vec::new(),
            outcome: SessionOutcome::Unknown,
            raw_events: entries.len(),
            findings: tally.findings(),
        });
        Ok(imported)
    }
}

fn is_address(title: &str) -> bool {
    title.starts_with("http://") || title.starts_with("https://")
}

/// A request for a document of the top frame; none for pictures, scripts and whatever else a page loads.
fn document(entry: &Value, options: &ImportOptions, tally: &mut Tally) -> Option<Request> {
    let (Some(request), Some(response)) = (entry.get("request"), entry.get("response")) else {
        tally.count(&rules::EVENT_INVALID);
        return None;
    };
    tally.add(&rules::CREDENTIALS_REMOVED, credentials(request) + credentials(response));
    let (Some(url), Some(method)) = (json::text(request, "url"), json::text(request, "method")) else {
        tally.count(&rules::EVENT_INVALID);
        return None;
    };
    let started = match json::text(entry, "startedDateTime").and_then(moment) {
        Some(started) => started,
        None => {
            tally.count(&rules::TIMES_MISSING);
            options.begin
        }
    };
    let milliseconds = json::number(entry, "time").filter(|time| *time >= 0.0).unwrap_or(0.0);
    let status = json::whole(response, "status").unwrap_or(0);
    let media_type = response.pointer("/content/mimeType").and_then(Value::as_str).unwrap_or_default();
    let kind = json::text(entry, "_resourceType");
    let is_redirect = (300..400).contains(&status);
    let is_document = match kind {
        Some(kind) => kind == "document",
        None => media_type.starts_with("text/html") || media_type.starts_with("application/xhtml"),
    };
    if !(is_document || is_redirect && asks_for_document(request)) || asks_for_part(request) {
        return None;
    }
    let redirect = is_redirect
        .then(|| {
            json::text(response, "redirectURL")
                .filter(|to| !to.is_empty())
                .or_else(|| header(response, "location"))
        })
        .flatten();
    let redirect = redirect.and_then(|to| url::Url::parse(url).ok()?.join(to).ok()).map(String::from);
    Some(Request {
        page: json::text(entry, "pageref").map(str::to_owned),
        started,
        url: url.to_owned(),
        is_post: method.eq_ignore_ascii_case("post"),
        status,
        redirect,
        milliseconds,
    })
}

/// Whether the browser says that the answer goes into a frame or to a script rather than into the tab.
fn asks_for_part(request: &Value) -> bool {
    match header(request, "sec-fetch-dest") {
        Some(destination) => destination != "document",
        None => header(request, "x-requested-with").is_some(),
    }
}

/// Redirects have no media type that tells; the request does.
fn asks_for_document(request: &Value) -> bool {
    match header(request, "accept") {
        Some(accept) => accept.contains("text/html"),
        None => true,
    }
}

fn header<'a>(message: &'a Value, name: &str) -> Option<&'a str> {
    let headers = json::list(message, "headers");
    let found = headers
        .iter()
        .find(|header| json::text(header, "name").is_some_and(|own| own.eq_ignore_ascii_case(name)))?;
    json::text(found, "value")
}

/// How many cookies, credential headers and bodies a message has.
fn credentials(message: &Value) -> usize {
    let headers = json::list(message, "headers").iter().filter(|header| {
        json::text(header, "name")
            .is_some_and(|name| CREDENTIALS.iter().any(|known| known.eq_ignore_ascii_case(name)))
    });
    headers.count() + json::list(message, "cookies").len() + usize::from(message.get("postData").is_some())
}

fn moment(text: &str) -> Option<Timestamp> {
    let moment = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(Timestamp::from_millis(moment.timestamp_millis()))
}
