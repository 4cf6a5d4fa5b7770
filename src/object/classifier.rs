//! A linear support vector machine over hashed words and shapes of a text.
//!
//! Weights are made by `cargo run --release --example train_classifier`, which says what it was trained on and
//! how often it is right on texts held out. It is a guess, and shown as one.

use super::tables::CLASSES;

/// Buckets that words and shapes are hashed into.
pub const FEATURES: usize = 4_096;
/// Bytes of a text that are looked at.
const FAR: usize = 64 << 10;
/// Shorter texts tell too little.
const LEAST: usize = 48;

/// For each class: a scale and a bias (little-endian `f32`), then a signed byte for each bucket.
const WEIGHTS: &[u8] = include_bytes!("weights.bin");
const STRIDE: usize = 8 + FEATURES;

/// How often each word and each three signs of shape occur, damped, as a vector of length one.
pub fn features(text: &[u8]) -> Vec<f32> {
    let text = &text[..text.len().min(FAR)];
    let mut counts = vec![0.0_f32; FEATURES];
    let mut word = Fnv::new();
    let mut length = 0;
    let mut shape = [0_u8; 3];
    for &byte in text {
        if byte.is_ascii_alphabetic() {
            word.take(byte.to_ascii_lowercase());
            length += 1;
        } else {
            if (2..=24).contains(&length) {
                counts[word.bucket()] += 1.0;
            }
            (word, length) = (Fnv::new(), 0);
        }
        let sign = match byte {
            b'a'..=b'z' => b'a',
            b'A'..=b'Z' => b'A',
            b'0'..=b'9' => b'0',
            128.. => b'~',
            _ => byte,
        };
        // Runs of one shape count once, so that long words weigh no more than short ones.
        if sign != shape[2] || !sign.is_ascii_alphanumeric() {
            shape = [shape[1], shape[2], sign];
            let mut hash = Fnv::new();
            hash.take(1);
            shape.iter().for_each(|&sign| hash.take(sign));
            counts[hash.bucket()] += 1.0;
        }
    }
    let damped = counts.iter().map(|count| (1.0 + count).ln());
    let mut damped: Vec<f32> = damped.collect();
    let length = damped.iter().map(|one| one * one).sum::<f32>().sqrt();
    if length > 0.0 {
        damped.iter_mut().for_each(|one| *one /= length);
    }
    damped
}

/// The FNV-1a hash, of 32 bits.
struct Fnv(u32);

impl Fnv {
    fn new() -> Self {
        Fnv(0x811c_9dc5)
    }

    fn take(&mut self, byte: u8) {
        self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }

    fn bucket(&self) -> usize {
        ((self.0 >> 16) ^ self.0) as usize % FEATURES
    }
}

/// The class of a text: the one whose side it lies farthest on; `None` where it lies on none's.
pub(super) fn class(text: &[u8]) -> Option<u8> {
    if text.len() < LEAST {
        return None;
    }
    let features = features(text);
    let score = |class: usize| {
        let row = WEIGHTS.get(class * STRIDE..(class + 1) * STRIDE)?;
        let number = |at: usize| Some(f32::from_le_bytes(row.get(at..at + 4)?.try_into().ok()?));
        let (scale, bias) = (number(0)?, number(4)?);
        let weights = row[8..].iter().map(|&byte| f32::from(byte as i8));
        let sum: f32 = weights
            .zip(&features)
            .map(|(weight, one)| weight * one)
            .sum();
        Some((sum * scale + bias, class as u8))
    };
    let best = (0..CLASSES.len())
        .filter_map(score)
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.0).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_fit_the_classes() {
        assert_eq!(WEIGHTS.len(), CLASSES.len() * STRIDE);
        let name = |text: &str| class(text.as_bytes()).map(|at| CLASSES[at as usize].0);
        let rust = "use std::io;\n\nfn main() -> io::Result<()> {\n    let mut text = String::new();\n    io::stdin().read_line(&mut text)?;\n    Ok(())\n}\n";
        assert_eq!(name(rust), Some("Source code and markup"));
        let log = "2026-01-05 10:00:01,120 INFO [main] Server started on port 8080\n2026-01-05 10:00:02,333 WARN [pool-1] slow query took 210 ms\n".repeat(4);
        assert_eq!(name(&log), Some("Application logs"));
        let json = r#"{"Records":[{"eventVersion":"1.08","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7"}]}"#;
        assert_eq!(name(json), Some("JSON"));
        let dump = "CREATE TABLE `users` (\n  `id` int(11) NOT NULL,\n  `name` varchar(64)\n);\nINSERT INTO `users` VALUES (1,'x'),(2,'y');\n";
        assert_eq!(name(dump), Some("Databases"));
        assert_eq!(class(b"short"), None);
    }
}
