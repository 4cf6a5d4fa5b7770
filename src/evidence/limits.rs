//! How much of a hostile file is read.

/// Bounds on memory and time, whatever a file claims or holds.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file's content that are held in memory to be parsed. A CloudTrail log file is at most
    /// 50 MB compressed; real ones inflate six- to thirtyfold.
    pub content: usize,
    /// Bytes that one compressed file may inflate to; it is hashed that far.
    pub inflated: u64,
    /// How many times its size a compressed file may inflate to, once past [`Limits::ratio_from`].
    /// DEFLATE reaches 1,032; no evidence is near this.
    pub ratio: u64,
    /// Below this many inflated bytes no ratio is suspicious.
    pub ratio_from: u64,
    /// How deep archives may nest.
    pub depth: u8,
    /// Members of one archive that are read.
    pub members: usize,
    /// Bytes of a zip archive's central directory, which is held in memory.
    pub directory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            content: 320 << 20,
            inflated: 8 << 30,
            ratio: 250,
            ratio_from: 32 << 20,
            depth: 3,
            members: 2_000_000,
            directory: 256 << 20,
        }
    }
}
