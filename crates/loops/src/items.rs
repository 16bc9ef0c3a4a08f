//! What can be applied for in one go (一件事一次办): one set of papers, and parts to several departments.

use serde::{Deserialize, Serialize};

/// Under which key a zone keeps its items, as a list in JSON.
pub const KEY: &str = "approval_items";

/// Something that can be applied for in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its key, such as `I-001`.
    pub key: String,
    /// What people call it: 新建厂房开工一件事.
    pub name: String,
    /// The papers, one set for all departments.
    pub papers: Vec<String>,
    /// The unit in charge, by id.
    pub lead: String,
    /// The units that each give a part, by id.
    pub parts: Vec<String>,
    /// Whether it can be applied for no more.
    #[serde(default)]
    pub ended: bool,
}
