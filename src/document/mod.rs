//! The text of documents: PDF, and the packages of office programs.
//!
//! May use: `evidence`. What cannot be read gives no text, never an error: a document is an object first, and
//! its bytes are hashed whatever they hold. Pictures of text are not read.

mod office;
mod pdf;

pub use pdf::Attached;

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its title, where its metadata tell one.
    pub title: String,
    /// Its text, in the order in which it is written.
    pub text: String,
    /// When it was made, as the document itself says it: `2025-06-30`.
    pub created: String,
    /// Whether it is encrypted, so that its text cannot be read.
    pub encrypted: bool,
    /// How many files it holds beside its pages, as [`attached`] hands them out.
    pub attached: usize,
    /// Its content type.
    pub form: &'static str,
}

/// Bytes of text and of inflated streams that are held: a document may claim any.
const MOST: usize = 20 << 20;

/// The files that a PDF holds beside its pages. Those of an encrypted one are encrypted too.
pub fn attached(bytes: &[u8]) -> Attached<'_> {
    Attached::of(bytes)
}

/// Reads a document; `None` where bytes are none.
pub fn read(bytes: &[u8]) -> Option<Document> {
    if bytes.starts_with(b"PK\x03\x04") {
        return office::read(bytes);
    }
    let head = &bytes[..bytes.len().min(1_024)];
    let is_pdf = head.windows(5).any(|part| part == b"%PDF-");
    is_pdf.then(|| pdf::read(bytes))
}
