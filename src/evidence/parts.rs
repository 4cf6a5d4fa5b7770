//! The checksums that S3 states of an object, worked out from its bytes: the MD5 that an ETag is, and for an upload in
//! parts the hash of the hashes of its parts (S3 user guide, "Checking object integrity").

use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::sum::Sum;

const MIB: u64 = 1 << 20;
/// Sizes of parts that are worked out: the least that S3 takes, the AWS CLI's own, and what tools are often set to.
const SIZES: &[u64] = &[
    5 * MIB,
    8 * MIB,
    16 * MIB,
    32 * MIB,
    64 * MIB,
    100 * MIB,
    128 * MIB,
];

/// Checksums of a file, whole and in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksums {
    /// MD5 of all of it.
    pub md5: [u8; 16],
    /// In parts, for each size that is smaller than the file.
    pub parts: Vec<InParts>,
}

/// Checksums of a file that was uploaded in parts of one size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InParts {
    /// Bytes of a part.
    pub size: u64,
    /// How many there are.
    pub count: u32,
    /// MD5 of the parts' MD5s.
    pub md5: [u8; 16],
    /// SHA-256 of the parts' SHA-256s.
    pub sha256: Sum,
}

/// Works checksums out while a file is read.
pub struct Counting {
    whole: Md5,
    parts: Vec<Part>,
}

struct Part {
    size: u64,
    left: u64,
    count: u32,
    own: (Md5, Sha256),
    all: (Md5, Sha256),
}

impl Part {
    fn end(&mut self) {
        let (md5, sha256) = std::mem::take(&mut self.own);
        self.all.0.update(md5.finalize());
        self.all.1.update(sha256.finalize());
        self.count += 1;
        self.left = self.size;
    }

    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at((self.left as usize).min(bytes.len()));
            self.own.0.update(now);
            self.own.1.update(now);
            self.left -= now.len() as u64;
            if self.left == 0 {
                self.end();
            }
            bytes = later;
        }
    }
}

impl Counting {
    /// Begins a file of `size` bytes.
    pub fn new(size: u64) -> Self {
        let part = |&own: &u64| Part {
            size: own,
            left: own,
            count: 0,
            own: Default::default(),
            all: Default::default(),
        };
        let sizes = SIZES.iter().filter(|&&own| own < size);
        Counting {
            whole: Md5::new(),
            parts: sizes.map(part).collect(),
        }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.whole.update(bytes);
        for part in &mut self.parts {
            part.update(bytes);
        }
    }

    /// Ends the file.
    pub fn finish(self) -> Checksums {
        let end = |mut part: Part| {
            if part.left < part.size {
                part.end();
            }
            InParts {
                size: part.size,
                count: part.count,
                md5: part.all.0.finalize().into(),
                sha256: Sum(part.all.1.finalize().into()),
            }
        };
        Checksums {
            md5: self.whole.finalize().into(),
            parts: self.parts.into_iter().map(end).collect(),
        }
    }
}

impl Checksums {
    /// MD5 of a file's MD5, as the ETag of an upload in a single part has it.
    pub fn md5_of_one_part(&self) -> [u8; 16] {
        Md5::digest(self.md5).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_parts_are_those_that_s3_states() {
        let size = 11 * MIB as usize + 3;
        let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
        let mut counting = Counting::new(size as u64);
        bytes
            .chunks(999_983)
            .for_each(|piece| counting.update(piece));
        let found = counting.finish();
        assert_eq!(found.md5, <[u8; 16]>::from(Md5::digest(&bytes)));
        let counts: Vec<(u64, u32)> = found
            .parts
            .iter()
            .map(|part| (part.size / MIB, part.count))
            .collect();
        assert_eq!(counts, [(5, 3), (8, 2)]);
        for part in &found.parts {
            let own = || bytes.chunks(part.size as usize);
            let md5: Vec<u8> = own().flat_map(|own| Md5::digest(own).to_vec()).collect();
            let sha256: Vec<u8> = own().flat_map(|own| Sha256::digest(own).to_vec()).collect();
            assert_eq!(part.md5, <[u8; 16]>::from(Md5::digest(md5)));
            assert_eq!(part.sha256, Sum::of(&sha256));
        }
        assert!(Counting::new(5 * MIB).finish().parts.is_empty());
    }
}
