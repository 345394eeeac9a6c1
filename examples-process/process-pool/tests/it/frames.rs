//! Whole, cut, oversized and garbage frames for the decoder. It returns an error or "not yet". It
//! never panics, and never allocates memory for bytes that have not arrived.

#[path = "../../src/frame.rs"]
mod frame;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use frame::{Decoder, FrameError, Kind, LIMIT};
use proptest::prelude::*;

/// Notes the largest allocation of each thread, and so of each test.
struct Noting;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator is unsafe to implement")]
// SAFETY: everything is the system's allocator's; noting a size allocates nothing.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.with(|largest| largest.set(largest.get().max(layout.size())));
        // SAFETY: the caller keeps the contract that System asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Noting = Noting;

/// Feeds the pieces one by one and returns the frames, or how many came before the error.
fn decode(pieces: &[&[u8]]) -> Result<Vec<(Kind, Vec<u8>)>, usize> {
    let mut decoder = Decoder::default();
    let mut frames = Vec::new();
    for mut piece in pieces.iter().copied() {
        while !piece.is_empty() {
            decoder.read_from(&mut piece).expect("memory does not fail");
            loop {
                match decoder.next() {
                    Ok(Some(frame)) => {
                        assert_eq!(frame.number, 7);
                        frames.push((frame.kind, frame.body.to_vec()));
                    }
                    Ok(None) => break,
                    Err(_) => return Err(frames.len()),
                }
            }
        }
    }
    Ok(frames)
}

fn kind() -> impl Strategy<Value = Kind> {
    (1..=7_u8).prop_map(|byte| Kind::try_from(byte).expect("seven kinds"))
}

fn frames() -> impl Strategy<Value = Vec<(Kind, Vec<u8>)>> {
    prop::collection::vec((kind(), prop::collection::vec(any::<u8>(), 0..300)), 0..20)
}

fn encode(frames: &[(Kind, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (kind, body) in frames {
        frame::put(*kind, 7, body, &mut bytes);
    }
    bytes
}

proptest! {
    #[test]
    fn frames_are_decoded_however_the_stream_is_cut(
        sent in frames(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
    ) {
        let bytes = encode(&sent);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
        prop_assert_eq!(decode(&pieces), Ok(sent));
    }

    #[test]
    fn a_truncated_stream_gives_its_whole_frames(
        sent in frames(),
        end in any::<prop::sample::Index>(),
    ) {
        let bytes = encode(&sent);
        let end = end.index(bytes.len() + 1);
        let arrived = decode(&[&bytes[..end]]).expect("a truncated frame is no error");
        prop_assert!(sent.starts_with(&arrived));
        prop_assert_eq!(arrived.len() == sent.len(), end == bytes.len());
    }

    #[test]
    fn garbage_allocates_no_memory(
        sent in frames(),
        garbage in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let mut bytes = encode(&sent);
        bytes.extend(&garbage);
        LARGEST.set(0);
        let result = decode(&[&bytes]);
        prop_assert!(LARGEST.get() <= 1 << 17, "{} bytes at once", LARGEST.get());
        match result {
            Ok(frames) => prop_assert!(frames.starts_with(&sent)),
            Err(before) => prop_assert!(before >= sent.len()),
        }
    }

    #[test]
    fn a_length_above_the_limit_is_refused_without_allocating(length in LIMIT as u32 + 1.., kind in 1..=7_u8) {
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend([kind, 7, 0, 0, 0]);
        let mut decoder = Decoder::default();
        LARGEST.set(0);
        decoder.read_from(&bytes[..]).expect("memory does not fail");
        let refused = matches!(decoder.next(), Err(FrameError::TooLong(l)) if l == length as usize);
        prop_assert!(refused);
        prop_assert!(LARGEST.get() <= 1 << 17, "{} bytes at once", LARGEST.get());
    }

    #[test]
    fn values_survive_encoding(value in any::<(u64, String, Vec<i16>, Option<bool>)>()) {
        let mut bytes = Vec::new();
        frame::put_value(Kind::Task, 7, &value, &mut bytes).expect("it encodes");
        let frames = decode(&[&bytes]).expect("one frame");
        prop_assert_eq!(frames[0].0, Kind::Task);
        prop_assert_eq!(frame::value::<(u64, String, Vec<i16>, Option<bool>)>(&frames[0].1).ok(), Some(value));
    }

    #[test]
    fn a_garbage_body_never_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
        LARGEST.set(0);
        let _ = frame::value::<(u64, String, Vec<u64>, Option<bool>)>(&body);
        // serde believes a length that a body claims for 1 MiB at most.
        prop_assert!(LARGEST.get() <= 2 << 20, "{} bytes at once", LARGEST.get());
    }
}

#[test]
fn the_longest_body_passes_and_its_header_allocates_nothing() {
    let longest = vec![7; LIMIT];
    let mut bytes = Vec::new();
    frame::put(Kind::Output, 7, &longest, &mut bytes);
    assert!(decode(&[&bytes]) == Ok(vec![(Kind::Output, longest.clone())]));
    // A message of a panic that is longer is cut off: it is no reason to give the worker up.
    let mut longer = longest.clone();
    longer.push(7);
    let mut bytes_of_longer = Vec::new();
    frame::put(Kind::Panicked, 7, &longer, &mut bytes_of_longer);
    assert!(decode(&[&bytes_of_longer]) == Ok(vec![(Kind::Panicked, longest)]));
    LARGEST.set(0);
    assert_eq!(decode(&[&bytes[..9]]), Ok(vec![]));
    assert!(LARGEST.get() <= 1 << 17, "{} bytes at once", LARGEST.get());
}

#[test]
fn a_failed_value_leaves_no_half_frame() {
    struct Failing;
    impl serde::Serialize for Failing {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::{Error, SerializeSeq};
            let mut seq = serializer.serialize_seq(Some(2))?;
            seq.serialize_element(&1)?;
            Err(S::Error::custom("half way"))
        }
    }
    let mut out = vec![1, 2, 3];
    assert!(frame::put_value(Kind::Task, 7, &Failing, &mut out).is_err());
    assert_eq!(out, [1, 2, 3]);
    let too_long = serde_bytes::ByteBuf::from(vec![0; LIMIT + 1]);
    let refused = frame::put_value(Kind::Task, 7, &too_long, &mut out);
    assert!(matches!(refused, Err(FrameError::TooLong(_))));
    assert_eq!(out, [1, 2, 3]);
}

#[test]
fn a_part_of_a_frame_is_noticed() {
    let mut bytes = Vec::new();
    frame::put(Kind::Output, 7, &[1, 2, 3], &mut bytes);
    for end in 0..=bytes.len() {
        let mut decoder = Decoder::default();
        decoder
            .read_from(&bytes[..end])
            .expect("memory does not fail");
        let whole = decoder.next().expect("it is a frame").is_some();
        assert_eq!(whole, end == bytes.len());
        assert_eq!(decoder.has_part(), end > 0 && !whole);
    }
}

#[test]
fn left_over_bytes_are_an_error() {
    assert!(matches!(
        frame::value::<u8>(&[1, 2]),
        Err(FrameError::LeftOver(1))
    ));
}
