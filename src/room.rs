//! Lists that take little more room than they need.

/// Adds to a list that may become long. A vector doubles when it is full, and then half of it is empty.
pub fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 8 + 16);
    }
    list.push(item);
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_more_than_an_eighth_is_empty() {
        let mut list = Vec::new();
        for number in 0..10_000_u32 {
            super::push(&mut list, number);
            assert!(list.capacity() <= list.len() + list.len() / 8 + 16);
        }
        assert!(list.into_iter().eq(0..10_000));
    }
}
