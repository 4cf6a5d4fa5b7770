//! What went wrong with a file: always a code, what happened, and what to do.

use serde::{Deserialize, Serialize};

/// A problem of one file. The file itself stays in the register; the rest goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The reason.
    pub code: ProblemCode,
    /// Where: a byte offset into the content (after gunzip), where one can be told.
    pub offset: Option<u64>,
    /// What was found or expected, in the parser's words; may quote evidence, so it is shown as text only.
    pub detail: String,
}

impl Problem {
    /// A problem without a place.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Problem {
            code,
            offset: None,
            detail: detail.into(),
        }
    }

    /// The same problem at byte `offset` of the content.
    pub fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// What happened, in one sentence, with the place.
    pub fn message(&self) -> String {
        let what = self.code.what();
        match (self.offset, self.detail.is_empty()) {
            (None, true) => format!("{what}."),
            (None, false) => format!("{what}: {}.", self.detail),
            (Some(at), true) => format!("{what} at byte {at}."),
            (Some(at), false) => format!("{what} at byte {at}: {}.", self.detail),
        }
    }

    /// What to do about it, in one sentence.
    pub fn recommendation(&self) -> &'static str {
        self.code.recommendation()
    }
}

macro_rules! problems {
    ($($variant:ident $name:literal $what:literal $todo:literal),+ $(,)?) => {
        /// Why a file could not be read in full; the names are those of `report.json`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum ProblemCode { $(#[doc = $what] $variant),+ }

        impl ProblemCode {
            /// All codes.
            pub const ALL: &[ProblemCode] = &[$(ProblemCode::$variant),+];

            /// The name in `report.json`.
            pub fn name(self) -> &'static str {
                match self { $(ProblemCode::$variant => $name),+ }
            }

            /// What happened, without the full stop.
            pub fn what(self) -> &'static str {
                match self { $(ProblemCode::$variant => $what),+ }
            }

            /// What to do about it.
            pub fn recommendation(self) -> &'static str {
                match self { $(ProblemCode::$variant => $todo),+ }
            }
        }
    };
}

problems! {
    Empty "empty" "The file holds no bytes"
        "Fetch it again from its bucket; a CloudTrail file is never empty.",
    Unreadable "unreadable" "The browser could not read the file"
        "Check that it is still there and may be read, then drop it again; add a folder by its button where the browser gives none that is dropped.",
    Crashed "crashed" "Reading this file ended its reader twice"
        "Unpack it outside the page and drop its parts; keep the file, as it may have been made to do this.",
    Cancelled "cancelled" "Reading was cancelled before this file was read"
        "Drop it again to read it.",
    GzipTruncated "gzip-truncated" "The gzip stream ends too early"
        "Fetch the file again; if the copy in the bucket is cut too, it was damaged there.",
    GzipCorrupt "gzip-corrupt" "The gzip stream is damaged"
        "Fetch the file again; if the copy in the bucket is damaged too, it was altered there.",
    GzipTrailing "gzip-trailing" "Bytes follow the end of the gzip stream"
        "CloudTrail writes a single stream: compare with the object in the bucket and ask who added the rest.",
    InflatedTooLarge "inflated-too-large" "The content inflates to more than this page reads"
        "Split it outside the page if it is genuine; a CloudTrail log file is at most 50 MB compressed.",
    InflatedRatio "inflated-ratio" "The content inflates beyond any ratio that evidence has"
        "Treat the file as hostile; it was made to exhaust the reader.",
    ArchiveCorrupt "archive-corrupt" "The archive is damaged"
        "Make the archive again, or drop the folder itself.",
    ArchiveEncrypted "archive-encrypted" "This member of the archive is encrypted"
        "Unpack the archive with its password and drop the folder.",
    ArchiveMethod "archive-method" "This member is packed with a method that is not supported"
        "Pack the archive again with deflate, or drop the folder itself.",
    ArchiveDepth "archive-depth" "Archives are nested too deeply"
        "Unpack the inner archives and drop their contents.",
    ArchiveTooLarge "archive-too-large" "The archive holds more than this page reads"
        "Unpack it outside the page and drop the folder in parts.",
    ArchiveNames "archive-names" "Members of the archive share a name, and only one of each is read"
        "Unpack the archive outside the page and see which of them is meant; an archive like this was made to show different programs different files.",
    AttachmentUnread "attachment-unread" "The attachment of this document is damaged, too large, or packed in a way that is not supported"
        "Open the document in a program for PDF, save the attachment, and drop it beside the document.",
    MemberLink "member-link" "The member is a link to another file, or a device, and holds nothing itself"
        "Pack the archive again with what the links name (`tar -h`), or drop the folder itself.",
    MemberPath "member-path" "The member's name points outside its archive"
        "It is read under a safe name; treat the archive as hostile.",
    JsonSyntax "json-syntax" "The JSON is broken"
        "Fetch the file again; if the copy in the bucket is broken too, it was altered there.",
    JsonShape "json-shape" "The JSON is not what this kind of file holds"
        "Check that the file was not edited and drop the original.",
    TextEncoding "text-encoding" "The text is not UTF-8"
        "Save the output again as UTF-8 (in PowerShell: `| Out-File -Encoding utf8`).",
    RecordInvalid "record-invalid" "A record could not be read; the others were"
        "Look at the record at the stated place; it may have been altered.",
    ItemInvalid "item-invalid" "A configuration item could not be read; the others were"
        "Look at the item at the stated place; fetch the file again, it may have been edited or cut.",
    KeyInvalid "key-invalid" "A public key could not be read; the others were"
        "Fetch the keys again with `aws cloudtrail list-public-keys`.",
    CertificateInvalid "certificate-invalid" "A certificate could not be read"
        "Fetch it again from the SigningCertURL of a message.",
    ListingCut "listing-cut" "The listing names a part of the bucket's objects only"
        "List the rest too, without `--max-items` and `--no-paginate`: what it does not name may be there.",
    TooLargeToParse "too-large-to-parse" "The file was hashed, but is too large to be read record by record"
        "Its integrity is judged all the same; split it to see its records.",
}
