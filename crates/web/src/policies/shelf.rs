//! The library of this zone: the texts that come with the program, those the zone published, the overrides of
//! its place, and the settings it chose.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::{Arc, LazyLock, OnceLock};

use kernel::Catalogue;
use policy::library::{Remark, TEXTS};
use policy::{Library, Policy, Settings};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::policies::{KeptText, PLACE, Published};
use store::{Store, StoreError};

/// What the zone chose and published, with the library that follows, read when it is first asked for.
#[derive(Debug, Default)]
pub struct Shelf {
    place: String,
    settings: Settings,
    published: Vec<Published>,
    library: OnceLock<Arc<Library>>,
    mark: OnceLock<String>,
    places: OnceLock<Vec<String>>,
}

/// The library of a zone that chose nothing: read once for all that ask.
static PLAIN: LazyLock<Arc<Library>> = LazyLock::new(|| Arc::new(Library::builtin("", &Settings::new()).0));

impl Shelf {
    /// Reads what the zone chose and published.
    ///
    /// # Errors
    /// What the store reports.
    pub(crate) async fn read(store: &Store) -> Result<Self, StoreError> {
        let chosen = store.policy_choices().await?;
        let mut published = store.published_policies().await?;
        published.retain(|text| text.withdrawn_at.is_none());
        let mut settings: Settings = chosen.into_iter().map(|(key, choice)| (key, choice.value)).collect();
        let place = settings.remove(PLACE).unwrap_or_default();
        Ok(Shelf { place, settings, published, ..Shelf::default() })
    }

    /// The library itself.
    pub(crate) fn library(&self) -> &Arc<Library> {
        self.library.get_or_init(|| match self.is_plain() {
            true => PLAIN.clone(),
            false => Arc::new(self.with(None, &self.place, &self.settings).0),
        })
    }

    fn is_plain(&self) -> bool {
        self.place.is_empty() && self.settings.is_empty() && self.published.is_empty()
    }

    /// The library as it would be with another place and other settings, and with one more text.
    pub(crate) fn with(&self, more: Option<&str>, place: &str, settings: &Settings) -> (Library, Vec<Remark>) {
        let published = self.published.iter().map(|text| (text.version.as_str(), text.source.as_str()));
        let published = published.chain(more.map(|source| (DRAFT, source)));
        Library::with(TEXTS.iter().copied(), published, Catalogue::builtin(), place, settings)
    }

    /// The settings that were chosen, `id.name` each with its figure.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The text under which a version was published at the desk; none for those of the program.
    pub(crate) fn publication(&self, version: &str) -> Option<&Published> {
        self.published.iter().find(|text| text.version == version)
    }

    /// A mark of the texts, the place and the settings: another library has another mark.
    pub(crate) fn mark(&self) -> &str {
        self.mark.get_or_init(|| {
            // The checked policies and not their texts alone: what fields are reckoned from counts too.
            hex::encode(&Sha256::digest(format!("{} {:?}", self.place(), self.policies()))[..16])
        })
    }

    /// The whole text of every version, by which a verdict can be given again.
    pub(crate) fn texts(&self) -> Vec<KeptText> {
        self.policies().iter().map(|policy| self.text_of(policy)).collect()
    }

    fn text_of(&self, policy: &Policy) -> KeptText {
        let own = format!("{}.", policy.id);
        let settings: BTreeMap<&String, &String> =
            self.settings.iter().filter(|(key, _)| key.starts_with(&own)).collect();
        let settings = json!(settings).to_string();
        let mut hasher = Sha256::new();
        for part in [policy.source.as_str(), &policy.own.to_string(), &settings] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        KeptText {
            version: policy.version(),
            hash: hex::encode(hasher.finalize()),
            source: policy.source.clone(),
            own: policy.own,
            settings,
        }
    }

    /// The places that any text is of, apart from the country.
    pub(crate) fn places(&self) -> &[String] {
        self.places.get_or_init(|| {
            let texts = TEXTS.iter().map(|(_, source)| *source);
            let all = texts.chain(self.published.iter().map(|text| text.source.as_str()));
            let level = |source: &str| policy::parse::parse(source).0.level.text;
            let found: BTreeSet<String> = all.map(level).filter(|it| !it.is_empty() && it != "国家").collect();
            found.into_iter().collect()
        })
    }
}

/// The name under which a text that is not published yet is read.
pub(crate) const DRAFT: &str = "draft";

impl Deref for Shelf {
    type Target = Library;

    fn deref(&self) -> &Library {
        self.library()
    }
}
