//! Keys and tokens: by the prefix their issuer gave them, or by the name before the sign `=` or `:`.

use super::PiiType;
use super::view::{Hit, View};

/// Prefix, fewest bytes behind it. All end with `-` or `_`, where the scanner stops.
const PREFIXES: &[(&[u8], usize)] = &[
    (b"sk-", 20),
    (b"sk_live_", 16),
    (b"sk_test_", 16),
    (b"pk_live_", 16),
    (b"pk_test_", 16),
    (b"rk_live_", 16),
    (b"rk_test_", 16),
    (b"whsec_", 16),
    (b"ghp_", 30),
    (b"gho_", 30),
    (b"ghu_", 30),
    (b"ghs_", 30),
    (b"ghr_", 30),
    (b"github_pat_", 30),
    (b"glpat-", 16),
    (b"xoxb-", 20),
    (b"xoxa-", 20),
    (b"xoxp-", 20),
    (b"xoxr-", 20),
    (b"xoxs-", 20),
    (b"xapp-", 20),
    (b"npm_", 30),
    (b"hf_", 30),
    (b"shpat_", 30),
    (b"shpss_", 30),
    (b"shpca_", 30),
    (b"dop_v1_", 40),
    (b"pypi-", 40),
];

const LONGEST: usize = 4096;

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn token_end(view: &View<'_>, start: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let length =
        view.bytes[start.min(view.bytes.len())..].iter().take(LONGEST).take_while(|byte| belongs(**byte));
    start + length.count()
}

/// Fewest bytes behind any prefix.
const FEWEST: usize = 16;

/// The token whose prefix ends with the sign at `sign`.
pub(super) fn find_prefixed(view: &mut View<'_>, sign: usize) -> Option<Hit> {
    // Behind most dashes and underscores there is a short word.
    if ![1, FEWEST / 2, FEWEST].iter().all(|step| is_token_byte(view.at(sign + step))) {
        return None;
    }
    let head = &view.bytes[..=sign];
    let (prefix, least) = PREFIXES.iter().find(|(prefix, _)| head.ends_with(prefix))?;
    let start = sign + 1 - prefix.len();
    if is_token_byte(view.before(start, 1)) {
        return None;
    }
    let end = token_end(view, sign + 1, is_token_byte);
    view.steps += (end - start) as u64;
    let body = &view.bytes[sign + 1..end];
    (body.len() >= *least && is_random(body)).then(|| Hit::new(start, end, PiiType::Secret, 0.99, "prefix"))
}

/// Whether a letter and the one before it can be those by which a token is known.
#[inline]
pub(super) fn may_be_lettered(before: u8, letter: u8) -> bool {
    matches!((before, letter), (b'y', b'J') | (b'A', b'K' | b'S') | (b'I', b'z'))
}

/// Tokens that are known by letters: `eyJ…` around its `J`, `AKIA…` around its `K`, `AIza…` around its `z`.
pub(super) fn find_lettered(view: &mut View<'_>, letter: usize) -> Option<Hit> {
    let (start, pattern, body): (usize, &[u8], usize) = match view.at(letter) {
        b'J' => return find_web_token(view, letter.checked_sub(2)?),
        b'K' => (letter.checked_sub(1)?, b"AKIA", 16),
        b'S' => (letter.checked_sub(1)?, b"ASIA", 16),
        b'z' => (letter.checked_sub(2)?, b"AIza", 35),
        _ => return None,
    };
    if !view.bytes[start..].starts_with(pattern) || is_token_byte(view.before(start, 1)) {
        return None;
    }
    let upper_only = body == 16;
    let end = token_end(view, start, |byte| {
        if upper_only { byte.is_ascii_uppercase() || byte.is_ascii_digit() } else { is_token_byte(byte) }
    });
    view.steps += (end - start) as u64;
    let fits = end - start == pattern.len() + body && !is_token_byte(view.at(end));
    fits.then(|| Hit::new(start, end, PiiType::Secret, 0.99, "prefix"))
}

/// A JSON web token: two or three parts, the first an object.
fn find_web_token(view: &mut View<'_>, start: usize) -> Option<Hit> {
    if !view.bytes[start..].starts_with(b"eyJ") || is_token_byte(view.before(start, 1)) {
        return None;
    }
    let mut end = token_end(view, start, is_token_byte);
    let header = end - start;
    let mut parts = 1;
    while parts < 5 && view.at(end) == b'.' && is_token_byte(view.at(end + 1)) {
        end = token_end(view, end + 1, is_token_byte);
        parts += 1;
    }
    view.steps += (end - start) as u64;
    (header >= 12 && parts >= 2 && end - start >= 24)
        .then(|| Hit::new(start, end, PiiType::Secret, 0.99, "format"))
}

/// A private key block that starts with the dashes at `start`.
pub(super) fn find_key_block(view: &mut View<'_>, start: usize) -> Option<Hit> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const END: &[u8] = b"-----END ";
    let rest = &view.bytes[start..];
    if !rest.starts_with(BEGIN) {
        return None;
    }
    let title = &rest[BEGIN.len()..rest.len().min(BEGIN.len() + 40)];
    memchr::memmem::find(title, b"PRIVATE KEY")?;
    let rest = &rest[..rest.len().min(16 * 1024)];
    view.steps += rest.len() as u64;
    let end = match memchr::memmem::find(rest, END) {
        Some(close) => {
            let tail = &rest[close + END.len()..];
            close + END.len() + memchr::memmem::find(tail, b"-----").map_or(tail.len(), |dashes| dashes + 5)
        }
        // Cut off: all that looks like its body.
        None => rest.iter().take_while(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()).count(),
    };
    Some(Hit::new(start, start + end, PiiType::Secret, 0.99, "format"))
}

/// How much a name says about the value behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// Whatever stands behind it is a secret.
    Certain,
    /// It is one if it is long and random.
    Likely,
}

const CERTAIN: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "pwd",
    "pass",
    "secret",
    "token",
    "apikey",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "authtoken",
    "clientsecret",
    "secretkey",
    "accesskey",
    "privatekey",
    "signature",
    "authorization",
    "bearer",
    "sessionid",
    "sessid",
    "phpsessid",
    "jsessionid",
    "csrf",
    "csrftoken",
    "xsrf",
    "xsrftoken",
    "otp",
    "xamzsignature",
    "xamzcredential",
    "xamzsecuritytoken",
    "xgoogsignature",
    "xgoogcredential",
    "awsaccesskeyid",
    "dbpass",
    "kennwort",
    "contrasena",
    "motdepasse",
    "credential",
    "credentials",
    "cvv",
    "cvc",
    "pin",
    "totp",
];

const LIKELY: &[&str] = &[
    "key",
    "sig",
    "sid",
    "session",
    "auth",
    "jwt",
    "code",
    "state",
    "nonce",
    "hash",
    "ticket",
    "policy",
    "assertion",
    "saml",
    "samlresponse",
    "sas",
    "hmac",
    "cookie",
    "t",
    "se",
    "signed",
    "verify",
    "invite",
    "reset",
    "magic",
    "confirm",
];

/// Which letters names end with, by the letter they begin with: most names are told by one look.
static LAST_LETTERS: [u32; 26] = {
    let mut letters = [0; 26];
    let lists = [CERTAIN, LIKELY];
    let mut list = 0;
    while list < lists.len() {
        let mut place = 0;
        while place < lists[list].len() {
            let name = lists[list][place].as_bytes();
            letters[(name[0] - b'a') as usize] |= 1 << (name[name.len() - 1] - b'a');
            place += 1;
        }
        list += 1;
    }
    letters
};

/// Endings of names that are certain whatever stands before.
const ENDINGS: [&str; 4] = ["token", "secret", "password", "apikey"];

fn may_be_known(name: &[u8]) -> bool {
    let letter = |byte: u8| usize::from((byte | 0x20).wrapping_sub(b'a'));
    let mut plain = name.iter().copied().filter(u8::is_ascii_alphanumeric);
    let (Some(first), Some(last)) = (plain.next(), plain.next_back().or(name.last().copied())) else {
        return false;
    };
    let ends = matches!(last | 0x20, b'n' | b't' | b'd' | b'y') && name.len() > 5;
    ends || LAST_LETTERS
        .get(letter(first))
        .is_some_and(|letters| letter(last) < 26 && letters >> letter(last) & 1 == 1)
}

fn judge(name: &[u8]) -> Option<Name> {
    if !may_be_known(name) {
        return None;
    }
    let mut plain = [0_u8; 24];
    let mut count = 0;
    for byte in name.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        *plain.get_mut(count)? = byte.to_ascii_lowercase();
        count += 1;
    }
    let plain = std::str::from_utf8(&plain[..count]).ok()?;
    if CERTAIN.contains(&plain) || ENDINGS.iter().any(|end| plain.ends_with(end)) {
        return Some(Name::Certain);
    }
    LIKELY.contains(&plain).then_some(Name::Likely)
}

/// The secret behind the sign at `sign`: `token=…`, `"password": "…"`, `Authorization: Bearer …`.
pub(super) fn find_named(view: &mut View<'_>, sign: usize) -> Option<Hit> {
    const LONGEST_NAME: usize = 32;
    let mut name_end = sign;
    while name_end > 0
        && sign - name_end < 3
        && matches!(view.before(name_end, 1), b' ' | b'"' | b'\'' | b':')
    {
        name_end -= 1;
    }
    let mut name_start = name_end;
    while name_start > 0 && name_end - name_start < LONGEST_NAME && is_token_byte(view.before(name_start, 1))
    {
        name_start -= 1;
    }
    view.steps += (sign - name_start) as u64;
    let name = judge(&view.bytes[name_start..name_end])?;
    let mut start = sign + 1;
    while start < sign + 3 && matches!(view.at(start), b' ' | b'=') {
        start += 1;
    }
    let quote = matches!(view.at(start), b'"' | b'\'').then(|| view.at(start));
    start += usize::from(quote.is_some());
    if view.bytes[start.min(view.bytes.len())..].starts_with(b"Bearer ") {
        start += b"Bearer ".len();
    }
    let end = token_end(view, start, |byte| match quote {
        Some(quote) => byte != quote && byte != b'\n' && byte != b'<',
        None => {
            !byte.is_ascii_whitespace()
                && !matches!(byte, b'&' | b'"' | b'\'' | b'#' | b'<' | b'>' | b';' | b',')
        }
    });
    view.steps += (end - start) as u64;
    let value = &view.bytes[start.min(end)..end];
    // `password: ***` and `token={token}` hold nothing.
    let held = value.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    if held < 4 || matches!(value[0], b'{' | b'$' | b'%') && value.last() == Some(&b'}') {
        return None;
    }
    let equals = view.at(sign) == b'=';
    let secret = match name {
        Name::Certain if equals || quote.is_some() => held >= 4 && !value.contains(&b' '),
        // `Password: required` is a label with a hint.
        Name::Certain => value.len() >= 8 && is_mixed(value),
        Name::Likely => (equals || quote.is_some()) && value.len() >= 20 && is_random(value),
    };
    secret.then(|| Hit::new(start, end, PiiType::Secret, 0.9, "name"))
}

/// The user and password of `https://user:password@host`, whose slashes end at `start`. The second value is the `@`.
pub(super) fn find_user_info(view: &mut View<'_>, start: usize) -> Option<(Hit, usize)> {
    let authority = token_end(view, start, |byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>')
    })
    .min(start + 256);
    view.steps += (authority - start) as u64;
    let sign = start + view.bytes[start..authority].iter().rposition(|byte| *byte == b'@')?;
    let named = view.bytes[start..sign].contains(&b':') && sign > start;
    named.then(|| (Hit::new(start, sign, PiiType::Secret, 0.95, "format"), sign))
}

/// Letters and digits mixed, as in what a program made.
fn is_mixed(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
}

/// Mixed, and with enough different characters.
fn is_random(value: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in value {
        seen[usize::from(*byte)] = true;
    }
    is_mixed(value) && seen.iter().filter(|seen| **seen).count() >= 8
}
