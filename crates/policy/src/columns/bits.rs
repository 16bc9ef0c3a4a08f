//! Yes or no for many rows, one bit a row.

/// A list of bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// So many bits, all alike.
    pub fn of(len: usize, set: bool) -> Self {
        let mut bits = Bits { words: vec![if set { u64::MAX } else { 0 }; len.div_ceil(64)], len };
        bits.clear_rest();
        bits
    }

    /// Clears all and makes it so many.
    pub(super) fn reset(&mut self, len: usize) {
        self.words.clear();
        self.words.resize(len.div_ceil(64), 0);
        self.len = len;
    }

    /// How many bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One bit; not set beyond the end.
    pub fn get(&self, at: usize) -> bool {
        at < self.len && self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Sets or clears one bit.
    pub fn set(&mut self, at: usize, set: bool) {
        if let Some(word) = self.words.get_mut(at / 64).filter(|_| at < self.len) {
            *word = *word & !(1 << (at % 64)) | u64::from(set) << (at % 64);
        }
    }

    /// Adds a bit at the end.
    pub fn push(&mut self, set: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        self.len += 1;
        self.set(self.len - 1, set);
    }

    /// How many are set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Copies `n` bits from bit `from` on into words; the bits behind them are clear.
    pub(super) fn copy(&self, from: usize, n: usize, to: &mut Vec<u64>) {
        let (first, shift) = (from / 64, from % 64);
        let word = |at: usize| self.words.get(at).copied().unwrap_or(0);
        to.clear();
        to.extend((0..n.div_ceil(64)).map(|at| match shift {
            0 => word(first + at),
            _ => word(first + at) >> shift | word(first + at + 1) << (64 - shift),
        }));
        clear_rest(to, n);
    }

    fn clear_rest(&mut self) {
        clear_rest(&mut self.words, self.len);
    }
}

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Self {
        let mut found = Bits::default();
        bits.into_iter().for_each(|bit| found.push(bit));
        found
    }
}

/// Clears the bits behind the first `n`.
pub(super) fn clear_rest(words: &mut [u64], n: usize) {
    if let Some(last) = words.last_mut().filter(|_| !n.is_multiple_of(64)) {
        *last &= (1 << (n % 64)) - 1;
    }
}

/// Words of which the first `n` bits are set.
pub(super) fn ones(n: usize, to: &mut Vec<u64>) {
    to.clear();
    to.resize(n.div_ceil(64), u64::MAX);
    clear_rest(to, n);
}

/// Calls back with the number of every set bit.
pub(super) fn each(words: &[u64], mut with: impl FnMut(usize)) {
    for (at, word) in words.iter().enumerate() {
        let mut word = *word;
        while word != 0 {
            with(at * 64 + word.trailing_zeros() as usize);
            word &= word - 1;
        }
    }
}

/// Bits made of a yes-or-no for each element.
pub(super) fn pack<T>(values: &[T], to: &mut Vec<u64>, yes: impl Fn(&T) -> bool) {
    to.clear();
    let (whole, rest) = values.as_chunks::<64>();
    to.extend(whole.iter().map(|chunk| {
        let eights = chunk.as_chunks::<8>().0.iter().enumerate();
        eights.fold(0_u64, |word, (place, eight)| word | gather(eight.each_ref().map(&yes)) << (place * 8))
    }));
    if !rest.is_empty() {
        to.push(rest.iter().enumerate().fold(0_u64, |word, (at, value)| word | u64::from(yes(value)) << at));
    }
}

/// Eight answers as the lowest eight bits. The product moves the lowest bit of each byte to its place in the
/// highest byte; no two of its parts meet, so nothing is carried.
fn gather(eight: [bool; 8]) -> u64 {
    u64::from_le_bytes(eight.map(u8::from)).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_copied_from_any_place() {
        let bits: Bits = (0..200).map(|at| at % 3 == 0).collect();
        assert_eq!((bits.len(), bits.count(), bits.is_empty()), (200, 67, false));
        let mut found = Vec::new();
        bits.copy(61, 100, &mut found);
        let mut set = Vec::new();
        each(&found, |at| set.push(at + 61));
        assert_eq!(set, (61..161).filter(|at| at % 3 == 0).collect::<Vec<_>>());
    }

    #[test]
    fn answers_are_packed_in_order_whatever_their_number() {
        for n in [0_u64, 1, 63, 64, 65, 200] {
            let values: Vec<u64> = (0..n).map(|at| at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60).collect();
            let mut words = Vec::new();
            pack(&values, &mut words, |value| *value > 6);
            let mut set = Vec::new();
            each(&words, |at| set.push(at));
            let wanted: Vec<usize> = (0..n as usize).filter(|&at| values[at] > 6).collect();
            assert_eq!((set, words.len()), (wanted, n.div_ceil(64) as usize));
        }
    }

    #[test]
    fn a_bit_beyond_the_end_is_not_set() {
        let mut bits = Bits::of(3, true);
        bits.set(1, false);
        bits.set(70, true);
        assert_eq!((0..80).filter(|&at| bits.get(at)).collect::<Vec<_>>(), [0, 2]);
    }
}
