//! Content that is read while it comes, and not kept: the records of log files, the items of large files of AWS Config.

use crate::cloudtrail::records::Stream;
use crate::compliance::rules::kept_paths;
use crate::config;
use crate::evidence::outline::FAR;
use crate::evidence::{Buffer, Kind};

use super::recognise;

/// Bytes of a file from which on its items are read while it is inflated.
const ITEMS_FROM: usize = 16 << 20;

/// What reads a file while it comes.
pub(super) enum Flow {
    /// Configuration items.
    Items(Box<config::flow::Flow>),
    /// Records of a log file.
    Records(Box<Stream>),
}

/// Reading a file while it comes, where its beginning says that this can be done.
pub(super) struct Flowing<'p> {
    path: &'p str,
    seed: u64,
    /// Its kind, once enough is there to tell.
    kind: Option<Kind>,
    is_large: bool,
    pub(super) begun: Option<(Kind, Flow)>,
}

impl<'p> Flowing<'p> {
    pub(super) fn new(path: &'p str, seed: u64) -> Self {
        Flowing {
            path,
            seed,
            kind: None,
            is_large: false,
            begun: None,
        }
    }

    /// Takes from the buffer what can be read of it by now.
    pub(super) fn take(&mut self, buffer: &mut Buffer) {
        if self.begun.is_none() {
            self.begin(buffer);
        }
        if let Some((_, flow)) = &mut self.begun {
            let taken = match flow {
                Flow::Items(flow) => flow.take(buffer.filled()),
                Flow::Records(stream) => stream.take(buffer.filled(), false),
            };
            buffer.drop_first(taken);
        }
    }

    fn begin(&mut self, buffer: &mut Buffer) {
        let head = buffer.filled();
        if self.kind.is_none() && head.len() >= FAR {
            // By as much as a kind is ever told by.
            let kind = recognise::kind(self.path, head);
            self.kind = Some(kind);
            // Other encodings are no log files as CloudTrail writes them.
            let is_plain = head.first().is_some_and(u8::is_ascii);
            if is_plain && matches!(kind, Kind::CloudtrailLog | Kind::CloudtrailInsight) {
                let stream = Box::new(Stream::new(self.seed));
                self.begun = Some((kind, Flow::Records(stream)));
            }
        }
        let Some(kind @ (Kind::ConfigHistory | Kind::ConfigSnapshot | Kind::ConfigItems)) =
            self.kind
        else {
            return;
        };
        if !self.is_large && head.len() >= ITEMS_FROM {
            self.is_large = true;
            if let Some(flow) = config::flow::Flow::new(head, self.seed, kept_paths) {
                let taken = flow.taken() as usize;
                self.begun = Some((kind, Flow::Items(Box::new(flow))));
                buffer.drop_first(taken);
            }
        }
    }
}
