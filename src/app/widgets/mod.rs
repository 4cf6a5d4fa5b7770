//! Parts that any view may use.

pub(crate) mod alternative;
pub(crate) mod cell;
pub(crate) mod control;
pub(crate) mod correction;
pub(crate) mod days;
pub(crate) mod form;
pub(crate) mod inspector;
pub(crate) mod mute;
pub(crate) mod pieces;
pub(crate) mod record;
pub(crate) mod risk;
pub(crate) mod strip;
pub(crate) mod table;
pub(crate) mod told;
