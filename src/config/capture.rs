//! A resource, and what one item tells of it at one moment.

use crate::moment::Moment;
use crate::texts::Text;

use super::item::{Carries, Relation, Status};

/// Place of a file in the register.
pub type FileIx = u32;
/// Place of a capture: in the order in which files came.
pub type CaptureIx = u32;
/// Place of a resource: by type, account, region and id.
pub type ResourceIx = u32;

/// A resource at one moment, as one item tells it.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The file that the item stands in.
    pub file: FileIx,
    /// Its place there, and its length, in bytes.
    pub place: (u32, u32),
    /// The resource.
    pub resource: ResourceIx,
    /// The state of the resource.
    pub status: Status,
    /// When; `None` where the item does not tell.
    pub at: Option<Moment>,
    /// Milliseconds and state ID, which order captures of one second.
    pub within: (u16, u64),
    /// `resourceCreationTime`.
    pub created: Option<Moment>,
    /// The availability zone.
    pub zone: Text,
    /// `resourceName`.
    pub name: Text,
    /// The ARN.
    pub arn: Text,
    /// `recordingFrequency`.
    pub frequency: Text,
    /// Equal for equal configurations.
    pub print: u64,
    /// Tags.
    pub tags: Box<[(Text, Text)]>,
    /// Relationships.
    pub relations: Box<[Relation]>,
    /// Kept values: path and JSON.
    pub kept: Box<[(Text, Text)]>,
    /// Which parts its item carries.
    pub carries: Carries,
    /// Other items that tell the same capture.
    pub also: Vec<CaptureIx>,
    /// Whether one of those tells another configuration: one of them was edited.
    pub conflict: bool,
}

/// A resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Account.
    pub account: Text,
    /// Region; `global` for resources of none.
    pub region: Text,
    /// Type.
    pub kind: Text,
    /// ID.
    pub id: Text,
    /// Its captures, each once, the oldest first.
    pub captures: Vec<CaptureIx>,
}
