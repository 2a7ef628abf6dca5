//! Containers whose headers lie, and those that want too much.

use codesight_core::error::ErrorKind;
use codesight_storage::archive::{ArchiveLimits, EntryDecoder, Refusal, Structure};

use super::raw_zip::{RawEntry, raw_zip};
use super::{check_skeleton, code};

#[tokio::test]
async fn each_lie_has_its_code() {
    let good = RawEntry::deflated("a.txt", b"content content content");
    let other = RawEntry::stored("b.txt", b"other");
    let check =
        async |entries: &[RawEntry]| code(check_skeleton(&raw_zip(entries), &ArchiveLimits::default()).await);
    assert_eq!(check(&[good.clone(), other.clone()]).await, None);
    assert_eq!(check(&[]).await, None);

    let names = [
        "../a",
        "..\\a",
        "/tmp/a",
        "//a",
        "C:\\a",
        "C:a",
        "a/../../b",
        "",
        "a/",
        "a\0.txt",
        "./a",
        "\u{e9}",
        "a b",
    ];
    for name in names {
        let named = RawEntry { name: name.into(), ..good.clone() };
        assert_eq!(check(&[named]).await, Some(Refusal::UnsafePath), "{name:?}");
    }
    let same = RawEntry { name: b"A.TXT".to_vec(), ..other.clone() };
    let lies: Vec<(Vec<RawEntry>, Refusal)> = vec![
        (vec![good.clone(), good.clone()], Refusal::DuplicatePath),
        (vec![good.clone(), same], Refusal::DuplicatePath),
        (vec![RawEntry { attributes: 0o120_777 << 16, ..other.clone() }], Refusal::NotARegularFile),
        (vec![RawEntry { attributes: 0x10, ..other.clone() }], Refusal::NotARegularFile),
        (vec![RawEntry { flags: 1, ..other.clone() }], Refusal::Encrypted),
        (vec![RawEntry { flags: 8, ..other.clone() }], Refusal::UnexpectedField),
        (vec![RawEntry { extra: vec![1, 0, 0, 0], ..other.clone() }], Refusal::UnexpectedField),
        (vec![RawEntry { method: 9, ..other.clone() }], Refusal::UnknownMethod),
        (vec![RawEntry { method: 93, ..other.clone() }], Refusal::UnknownMethod),
        (vec![RawEntry { size: u32::MAX, ..good.clone() }], Refusal::Zip64),
        (vec![RawEntry { size: 4, ..other.clone() }], Refusal::SizeMismatch),
        (vec![RawEntry { size: 22, ..good.clone() }], Refusal::SizeMismatch),
        (vec![RawEntry { size: 24, ..good.clone() }], Refusal::SizeMismatch),
        (vec![RawEntry { crc: 1, ..good.clone() }], Refusal::CrcMismatch),
        (vec![RawEntry { data: vec![0xff; 20], ..good.clone() }], Refusal::BadDeflate),
        (vec![RawEntry { data: [&good.data[..], b"junk"].concat(), ..good.clone() }], Refusal::BadDeflate),
        (vec![RawEntry { data: good.data[..5].to_vec(), ..good.clone() }], Refusal::SizeMismatch),
        (vec![RawEntry { local_name: Some(b"z.txt".to_vec()), ..good.clone() }], Refusal::HeaderMismatch),
        (vec![good.clone(), RawEntry { start: Some(0), ..other.clone() }], Refusal::BadPlacement),
        (vec![good.clone(), RawEntry { gap: 5, ..other.clone() }], Refusal::BadPlacement),
        (vec![RawEntry { gap: 5, ..good.clone() }], Refusal::BadPlacement),
        (vec![RawEntry { start: Some(7), ..good.clone() }], Refusal::BadPlacement),
        (vec![RawEntry { local_name: Some(b"longer.txt".to_vec()), ..good.clone() }], Refusal::BadPlacement),
    ];
    for (entries, expected) in lies {
        assert_eq!(check(&entries).await, Some(expected));
    }
    // A folder of full-overlap entries, as in the "better zip bomb".
    let overlapping: Vec<_> = (0..50)
        .map(|number| RawEntry { name: format!("{number}").into(), start: Some(0), ..good.clone() })
        .collect();
    assert_eq!(check(&overlapping).await, Some(Refusal::BadPlacement));
}

#[tokio::test]
async fn bombs_stop_at_what_was_declared() {
    // 400 MB of zeros, honestly declared: the ratio gives it away before a byte is inflated.
    let zeros = vec![0; 400 << 20];
    let bomb = RawEntry::deflated("interactions.json", &zeros);
    drop(zeros);
    let outcome = check_skeleton(&raw_zip(std::slice::from_ref(&bomb)), &ArchiveLimits::default()).await;
    assert_eq!(outcome.expect_err("too large").kind(), ErrorKind::LimitExceeded);

    // The same, declared as one byte.
    let lying = raw_zip(&[RawEntry { size: 1, ..bomb }]);
    let structure = Structure::read(&lying, &ArchiveLimits::default()).await.expect("a plain skeleton");
    let mut given = 0;
    let outcome = EntryDecoder::new(&structure.entries[0]).feed(
        &lying[..structure.directory_start as usize],
        &mut |bytes| {
            given += bytes.len();
            Ok(())
        },
    );
    assert_eq!(code(outcome), Some(Refusal::SizeMismatch));
    assert_eq!(given, 0, "nothing beyond the declared size is handed on");
}

#[tokio::test]
async fn many_entries_are_read_or_refused() {
    let entries: Vec<_> = (0..65_000).map(|number| RawEntry::stored(&format!("{number}"), b"")).collect();
    let zip = raw_zip(&entries);
    let structure = Structure::read(&zip, &ArchiveLimits::default()).await.expect("within the limit");
    assert_eq!(structure.entries.len(), 65_000);
    let limits = ArchiveLimits { max_entries: 1_000, ..ArchiveLimits::default() };
    assert_eq!(code(Structure::read(&zip, &limits).await), Some(Refusal::TooLarge));
}
