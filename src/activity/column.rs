//! Columns that grow without being moved.

use super::bits::{Bits, WORD, ones};

/// Values of a segment. A vector that doubles would need three times its size at ten million events, and
/// Wasm memory never shrinks.
pub(super) const SEGMENT: usize = 1 << 16;

/// A column: one value an event.
#[derive(Debug)]
pub struct Column<T> {
    segments: Vec<Vec<T>>,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column {
            segments: Vec::new(),
        }
    }
}

impl<T: Copy + Default> Column<T> {
    /// Adds the value of the next event.
    pub fn push(&mut self, value: T) {
        match self.segments.last_mut() {
            Some(last) if last.len() < SEGMENT => last.push(value),
            _ => {
                let mut segment = room(self.segments.is_empty());
                segment.push(value);
                self.segments.push(segment);
            }
        }
    }

    /// The value of an event; the default for one that is not there.
    pub fn get(&self, at: u32) -> T {
        let segment = self.segments.get(at as usize / SEGMENT);
        segment
            .and_then(|segment| segment.get(at as usize % SEGMENT))
            .copied()
            .unwrap_or_default()
    }

    /// How many events there are.
    pub fn len(&self) -> u32 {
        let last = self.segments.last().map_or(0, Vec::len);
        (self.segments.len().saturating_sub(1) * SEGMENT + last) as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.segments.iter().flatten().copied()
    }

    /// The values of a segment.
    pub(super) fn segment(&self, at: usize) -> &[T] {
        self.segments.get(at).map_or(&[], Vec::as_slice)
    }

    /// The events whose value `fits`.
    pub fn fitting(&self, fits: impl Fn(T) -> bool) -> Bits {
        let mut words = Vec::with_capacity(self.segments.len() * SEGMENT / WORD);
        for segment in &self.segments {
            words.extend(segment.chunks(WORD).map(|values| word(values, &fits)));
        }
        Bits::from_words(words)
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        let room: usize = self.segments.iter().map(Vec::capacity).sum();
        room * size_of::<T>()
    }
}

/// A segment to fill; the first one of a small case stays small.
fn room<T>(first: bool) -> Vec<T> {
    Vec::with_capacity(if first { 0 } else { SEGMENT })
}

fn word<T: Copy>(values: &[T], fits: impl Fn(T) -> bool) -> u64 {
    let bits = values.iter().enumerate();
    bits.fold(0, |word, (at, &value)| word | u64::from(fits(value)) << at)
}

/// A number that stands for a value, as narrow as it can be.
pub(super) trait Code: Copy {
    /// The place of the value.
    fn place(self) -> usize;
}

impl Code for u8 {
    fn place(self) -> usize {
        usize::from(self)
    }
}

impl Code for u16 {
    fn place(self) -> usize {
        usize::from(self)
    }
}

impl Code for u32 {
    fn place(self) -> usize {
        self as usize
    }
}

/// Something that goes over the codes of a column, a segment at a time.
pub(super) trait Visit {
    /// Looks at the codes of the events from `first` on.
    fn segment<C: Code>(&mut self, first: usize, codes: &[C]);
}

/// Codes of a segment: each segment is as wide as its greatest code asks for. Values that came first have
/// the smallest codes, and they are mostly the frequent ones.
#[derive(Debug)]
enum Segment {
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Longs(Vec<u32>),
}

impl Segment {
    fn push(&mut self, code: u32) {
        match self {
            Segment::Bytes(codes) => match u8::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => {
                    let mut wide = Vec::with_capacity(codes.capacity());
                    wide.extend(codes.iter().map(|&code| u16::from(code)));
                    *self = Segment::Shorts(wide);
                    self.push(code);
                }
            },
            Segment::Shorts(codes) => match u16::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => {
                    let mut wide = Vec::with_capacity(codes.capacity());
                    wide.extend(codes.iter().map(|&code| u32::from(code)));
                    *self = Segment::Longs(wide);
                    self.push(code);
                }
            },
            Segment::Longs(codes) => codes.push(code),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Segment::Bytes(codes) => codes.capacity(),
            Segment::Shorts(codes) => codes.capacity() * 2,
            Segment::Longs(codes) => codes.capacity() * 4,
        }
    }
}

/// For each event the place of its value among the distinct ones.
#[derive(Debug, Default)]
pub struct Codes {
    segments: Vec<Segment>,
    length: u32,
    /// How many events have each value.
    sizes: Vec<u32>,
}

impl Codes {
    /// Adds the value of the next event; the place of a new one follows all others.
    pub fn push(&mut self, place: u32) {
        if (self.length as usize).is_multiple_of(SEGMENT) {
            self.segments.push(Segment::Bytes(room(self.length == 0)));
        }
        if let Some(last) = self.segments.last_mut() {
            last.push(place);
        }
        self.length += 1;
        if place as usize >= self.sizes.len() {
            self.sizes.resize(place as usize + 1, 0);
        }
        self.sizes[place as usize] += 1;
    }

    /// The place of an event's value; that of the first for an event that is not there.
    pub fn get(&self, event: u32) -> u32 {
        let (segment, at) = (event as usize / SEGMENT, event as usize % SEGMENT);
        match self.segments.get(segment) {
            Some(Segment::Bytes(codes)) => codes.get(at).copied().map_or(0, u32::from),
            Some(Segment::Shorts(codes)) => codes.get(at).copied().map_or(0, u32::from),
            Some(Segment::Longs(codes)) => codes.get(at).copied().unwrap_or(0),
            None => 0,
        }
    }

    /// How many events there are.
    pub fn len(&self) -> u32 {
        self.length
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many events have each value, copies included.
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    pub(super) fn visit(&self, visit: &mut impl Visit) {
        for (at, segment) in self.segments.iter().enumerate() {
            let first = at * SEGMENT;
            match segment {
                Segment::Bytes(codes) => visit.segment(first, codes),
                Segment::Shorts(codes) => visit.segment(first, codes),
                Segment::Longs(codes) => visit.segment(first, codes),
            }
        }
    }

    /// How many of `events` have each value.
    pub fn counts(&self, events: &Bits) -> Vec<u32> {
        // Of a set that holds most events it is faster to count what is not in it.
        let is_most = events.len() * 2 > u64::from(self.length);
        let mut tally = Tally {
            events,
            flip: if is_most { u64::MAX } else { 0 },
            counts: vec![0; self.sizes.len()],
        };
        self.visit(&mut tally);
        let mut counts = tally.counts;
        if is_most {
            let pairs = counts.iter_mut().zip(&self.sizes);
            pairs.for_each(|(count, size)| *count = size - *count);
        }
        counts
    }

    /// The events whose value is one that `fits` says, by the places of values.
    pub(super) fn fitting(&self, fits: &[bool]) -> Bits {
        let mut fit = Fit {
            fits,
            words: Vec::with_capacity((self.length as usize).div_ceil(WORD)),
        };
        self.visit(&mut fit);
        Bits::from_words(fit.words)
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.segments.iter().map(Segment::bytes).sum()
    }
}

struct Tally<'b> {
    events: &'b Bits,
    flip: u64,
    counts: Vec<u32>,
}

impl Visit for Tally<'_> {
    fn segment<C: Code>(&mut self, first: usize, codes: &[C]) {
        let words = self.events.words_from(first);
        let missing = std::iter::repeat(&0);
        for (codes, word) in codes.chunks(WORD).zip(words.iter().chain(missing)) {
            let word = word ^ self.flip;
            if word == u64::MAX
                || (codes.len() < WORD && word.trailing_ones() >= codes.len() as u32)
            {
                codes.iter().for_each(|code| self.counts[code.place()] += 1);
                continue;
            }
            for at in ones(word) {
                if let Some(code) = codes.get(at as usize) {
                    self.counts[code.place()] += 1;
                }
            }
        }
    }
}

struct Fit<'f> {
    fits: &'f [bool],
    words: Vec<u64>,
}

impl Visit for Fit<'_> {
    fn segment<C: Code>(&mut self, _: usize, codes: &[C]) {
        let fits = self.fits;
        let is = |code: C| fits.get(code.place()).copied().unwrap_or(false);
        self.words
            .extend(codes.chunks(WORD).map(|codes| word(codes, is)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_keeps_what_was_pushed_over_segments() {
        let mut column = Column::default();
        (0..200_000_u32).for_each(|value| column.push(value));
        assert_eq!((column.len(), column.get(150_000)), (200_000, 150_000));
        assert!(column.iter().eq(0..200_000));
        assert_eq!(column.get(200_000), 0);
        let late = column.fitting(|value| value >= 150_000);
        assert!(late.iter().eq(150_000..200_000));
    }

    #[test]
    fn codes_widen_where_they_must() {
        let mut codes = Codes::default();
        let code = |event: u32| {
            if event < 70_000 {
                event % 200
            } else {
                event - 70_000
            }
        };
        (0..150_000).for_each(|event| codes.push(code(event)));
        assert!((0..150_000).all(|event| codes.get(event) == code(event)));
        // One segment of bytes, one of shorts, one of which some are wider.
        assert_eq!(codes.segments.len(), 3);
        assert!(matches!(
            codes.segments[..],
            [Segment::Bytes(_), Segment::Shorts(_), Segment::Longs(_)]
        ));
    }

    #[test]
    fn few_and_most_events_are_counted_alike() {
        let mut codes = Codes::default();
        (0..100_001_u32).for_each(|event| codes.push(event % 3));
        for end in [0, 9, 30, 70, 50_001, 99_990, 100_001] {
            let mut events = Bits::none(codes.len());
            events.insert_range(0..end);
            let counts = [end.div_ceil(3), (end + 1) / 3, end / 3];
            assert_eq!(codes.counts(&events), counts, "{end}");
        }
        let found = codes.fitting(&[false, true, true]);
        assert_eq!(found.len(), 66_667);
        assert!(!found.contains(0) && found.contains(1));
    }
}
