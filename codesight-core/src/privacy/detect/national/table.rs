//! Which ids are known by their digits. All need a word beside them that says what they are; the few forms that need
//! none are listed in the module above.
//!
//! Left out on purpose: numbers of companies (CNPJ, INN of ten digits, NIT, partita IVA), which shops print about
//! themselves on every page.

use super::america::{is_argentine, is_brazilian, is_ecuadorian, is_luhn};
use super::asia::{
    is_australian, is_australian_insured, is_chinese, is_emirati, is_indian, is_israeli, is_japanese,
    is_korean, is_saudi, is_south_african, is_thai, is_turkish,
};
use super::europe::{
    is_austrian, is_baltic, is_belgian, is_british, is_bulgarian, is_czech, is_danish, is_dated_luhn,
    is_dutch, is_french, is_german_or_croatian, is_icelandic, is_long_swedish, is_norwegian, is_polish,
    is_portuguese, is_romanian, is_russian_insured, is_russian_taxpayer, is_swiss, is_ukrainian, is_yugoslav,
};

/// One id.
pub(super) struct Id {
    /// Two letters of ISO 3166.
    pub(super) country: &'static str,
    /// What people there call it.
    pub(super) name: &'static str,
    /// Digits without signs.
    pub(super) length: usize,
    /// Whether digits of that length fit.
    pub(super) check: fn(&[u8]) -> bool,
}

const fn id(country: &'static str, name: &'static str, length: usize, check: fn(&[u8]) -> bool) -> Id {
    Id { country, name, length, check }
}

/// By length. Where python-stdnum 2 knows the number, the row's rule is the one its module tells; those of Japan, Saudi Arabia,
/// the Emirates, Taiwan, Australia's Medicare and Russia are from general descriptions and rest on one example each. Examples
/// are in `tests/data/privacy/national-ids.txt`.
#[rustfmt::skip]
pub(super) const IDS: &[Id] = &[
    id("CA", "SIN", 9, is_luhn),
    id("IL", "mispar zehut", 9, is_israeli),
    id("NL", "BSN", 9, is_dutch),
    id("AU", "TFN", 9, is_australian),
    id("PT", "NIF", 9, is_portuguese),
    id("GB", "NHS number", 10, is_british),
    id("BG", "EGN", 10, is_bulgarian),
    id("SE", "personnummer", 10, is_dated_luhn),
    id("CZ", "rodné číslo", 10, is_czech),
    id("AT", "Sozialversicherungsnummer", 10, is_austrian),
    id("IS", "kennitala", 10, is_icelandic),
    id("DK", "CPR", 10, is_danish),
    id("UA", "RNOKPP", 10, is_ukrainian),
    id("EC", "cédula", 10, is_ecuadorian),
    id("SA", "Iqama", 10, is_saudi),
    id("AU", "Medicare", 10, is_australian_insured),
    id("BR", "CPF", 11, is_brazilian),
    id("PL", "PESEL", 11, is_polish),
    id("DE", "Steuer-ID", 11, is_german_or_croatian),
    id("HR", "OIB", 11, is_german_or_croatian),
    id("TR", "TC kimlik", 11, is_turkish),
    id("NO", "fødselsnummer", 11, is_norwegian),
    id("BE", "rijksregisternummer", 11, is_belgian),
    id("EE", "isikukood", 11, is_baltic),
    id("LT", "asmens kodas", 11, is_baltic),
    id("GR", "AMKA", 11, is_dated_luhn),
    id("AR", "CUIT", 11, is_argentine),
    id("RU", "SNILS", 11, is_russian_insured),
    id("DO", "cédula", 11, is_luhn),
    id("IN", "Aadhaar", 12, is_indian),
    id("SE", "personnummer", 12, is_long_swedish),
    id("JP", "My Number", 12, is_japanese),
    id("RU", "INN", 12, is_russian_taxpayer),
    id("RO", "CNP", 13, is_romanian),
    id("ZA", "identity number", 13, is_south_african),
    id("CH", "AHV", 13, is_swiss),
    id("KR", "jumin", 13, is_korean),
    id("TH", "citizen id", 13, is_thai),
    id("SI", "EMŠO", 13, is_yugoslav),
    id("FR", "NIR", 15, is_french),
    id("AE", "Emirates id", 15, is_emirati),
    id("CN", "resident id", 18, is_chinese),
];
