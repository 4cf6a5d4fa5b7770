//! Bytes written as text, as some writers wrap their streams (ISO 32000-1, 7.4.2 and 7.4.3).

/// Five signs for four bytes; `z` for four zeros, `~>` at the end.
pub(super) fn base85(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 5 * 4);
    let (mut value, mut count) = (0_u64, 0_usize);
    for &sign in text {
        match sign {
            b'~' => break,
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                value = value * 85 + u64::from(sign - b'!');
                count += 1;
                if count == 5 {
                    out.extend(&value.to_be_bytes()[4..]);
                    (value, count) = (0, 0);
                }
            }
            _ => {}
        }
    }
    if count > 1 {
        // The last group is filled up with the highest sign, and gives a byte less than it has signs.
        for _ in count..5 {
            value = value * 85 + 84;
        }
        out.extend(&value.to_be_bytes()[4..3 + count]);
    }
    out
}

/// Two digits a byte; `>` at the end.
pub(super) fn hexadecimal(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text
        .iter()
        .take_while(|&&sign| sign != b'>')
        .filter_map(|&sign| char::from(sign).to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    let byte = |pair: &[u8]| pair[0] << 4 | pair.get(1).copied().unwrap_or(0);
    digits.chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        // What Python's base64.a85encode writes.
        assert_eq!(base85(b"87cURD]i,\"Ebo80~>"), b"Hello World!");
        assert_eq!(base85(b"87cUR\nD]~>"), b"Hello");
        assert_eq!(base85(b"z!!~>"), [0; 5]);
        assert_eq!(base85(b"~>"), b"");
        assert_eq!(hexadecimal(b"48 65 6C6c 7>x"), b"Hellp");
    }
}
