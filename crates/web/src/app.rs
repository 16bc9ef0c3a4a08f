//! What every handler shares.

use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use kernel::{Catalogue, Lang};
use store::{Store, StoreError, Zone};
use tokio::sync::Notify;

use crate::api::limit::Limiter;
use crate::cases::colours::Colours;
use crate::checkup::press::Press;
use crate::cultivation::doubling::Paths;
use crate::cultivation::known::Ladders;
use crate::cultivation::radar::Drifts;
use crate::importing::checks::Checks;
use crate::policies::population::Populations;
use crate::policies::shelf::Shelf;
use crate::policies::stands::Stands;
use crate::register::list::written::Written;
use crate::sign_in::password::Passwords;

/// What whoever starts the server decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address people type, such as `https://zone.example`. With it, cookies are marked for
    /// https and a form is taken only from that origin; without it, from the host that was asked.
    pub public_origin: Option<String>,
    /// Whether a proxy of ours stands in front and says truly where requests come from.
    pub behind_proxy: bool,
    /// The largest file that can be uploaded, in bytes.
    pub largest_upload: usize,
    /// Where backups go; without it the page says to make them on the server.
    pub backups: Option<PathBuf>,
    /// Where the fonts of printed cards are looked for.
    pub fonts: Vec<PathBuf>,
    /// The server that takes the zone's mail; without it notices for mailboxes wait.
    pub mail: Option<delivery::MailServer>,
    /// How long a page may take before the reader is told to try again.
    pub patience: Duration,
    /// How long a reader looks at an empty page before being told how far the list of a past day is.
    pub past_patience: Duration,
    /// How many passwords are checked at once; each takes 19 MiB and a core for some 30 ms.
    pub password_checks: usize,
    /// How many calls of the API one token may make in a minute; one address may make three times as many.
    pub calls_a_minute: u32,
    /// As many enterprises a policy text is tried on while the reader waits; more are a job.
    pub tried_at_once: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_origin: None,
            behind_proxy: false,
            largest_upload: 64 * 1024 * 1024,
            backups: None,
            fonts: reports::card::FONT_PLACES.iter().map(PathBuf::from).collect(),
            mail: None,
            patience: Duration::from_secs(30),
            past_patience: Duration::from_secs(2),
            password_checks: 2,
            calls_a_minute: 600,
            tried_at_once: 5_000,
        }
    }
}

/// What every handler shares; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    store: Store,
    settings: Settings,
    passwords: Passwords,
    zone: RwLock<Zone>,
    runner: Notify,
    checks: Checks,
    limiter: Limiter,
    ladders: Ladders,
    drifts: Drifts,
    doublings: Paths,
    press: Press,
    shelf: RwLock<Arc<Shelf>>,
    stands: Stands,
    written: Written,
    populations: Populations,
    colours: Colours,
}

impl App {
    /// Everything the pages need, over an open store.
    ///
    /// # Errors
    /// What the store reports when asked for the zone's name.
    pub async fn new(store: Store, settings: Settings) -> Result<Self, StoreError> {
        let zone = store.zone().await?;
        let colours = Colours::read(&store).await?;
        let store = store.with_timing(colours.timing());
        let shelf = Arc::new(Shelf::read(&store).await?);
        let passwords = Passwords::new(settings.password_checks);
        let press = Press::new(settings.fonts.clone());
        Ok(Self(Arc::new(Inner {
            store,
            settings,
            passwords,
            zone: RwLock::new(zone),
            runner: Notify::new(),
            checks: Checks::default(),
            limiter: Limiter::default(),
            ladders: Ladders::default(),
            drifts: Drifts::default(),
            doublings: Paths::default(),
            press,
            shelf: RwLock::new(shelf),
            stands: Stands::default(),
            written: Written::default(),
            populations: Populations::default(),
            colours,
        })))
    }

    /// The register.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The field catalogue.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        self.0.store.catalogue()
    }

    /// By which rule cases have their colours.
    pub fn colours(&self) -> &Colours {
        &self.0.colours
    }

    /// The policies of this zone as they are now.
    pub fn library(&self) -> Arc<Shelf> {
        self.0.shelf.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Reads the zone's policies again after something was chosen, published or withdrawn; whoever is
    /// checked up on is checked up on anew.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn refresh_library(&self) -> Result<(), StoreError> {
        let shelf = Arc::new(Shelf::read(self.store()).await?);
        *self.0.shelf.write().unwrap_or_else(std::sync::PoisonError::into_inner) = shelf;
        self.wake_runner();
        Ok(())
    }

    /// How enterprises stand to every policy, as counted last.
    pub(crate) fn stands(&self) -> &Stands {
        &self.0.stands
    }

    /// The enterprises on which a text was tried last.
    pub(crate) fn populations(&self) -> &Populations {
        &self.0.populations
    }

    /// The choices of the lists' forms, written out.
    pub(crate) fn written(&self) -> &Written {
        &self.0.written
    }

    /// The ladders worked out last.
    pub(crate) fn ladders(&self) -> &Ladders {
        &self.0.ladders
    }

    /// The ratios that drift, as looked for last.
    pub(crate) fn drifts(&self) -> &Drifts {
        &self.0.drifts
    }

    /// The doubling paths read last.
    pub(crate) fn doublings(&self) -> &Paths {
        &self.0.doublings
    }

    /// Where cards are set.
    pub(crate) fn press(&self) -> &Press {
        &self.0.press
    }

    /// What whoever started the server decided.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The one place where passwords are hashed and checked.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// How often programs may call.
    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    /// The zone as it is called now.
    pub fn zone(&self) -> Zone {
        self.0.zone.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The zone's name in a language; the product's own where nobody has named the zone yet.
    pub fn zone_name(&self, lang: Lang) -> String {
        let zone = self.zone();
        let name = lang.pick(&zone.name_zh, &zone.name_en);
        let name = if name.is_empty() { &zone.name_zh } else { name };
        if name.is_empty() { lang.pick("未命名园区", "Unnamed zone").to_owned() } else { name.to_owned() }
    }

    /// Reads the zone's name again after an administrator changed it.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn refresh_zone(&self) -> Result<(), StoreError> {
        let zone = self.0.store.zone().await?;
        *self.0.zone.write().unwrap_or_else(std::sync::PoisonError::into_inner) = zone;
        Ok(())
    }

    /// The sheets being imported, as they were checked last.
    pub fn checks(&self) -> &Checks {
        &self.0.checks
    }

    /// Tells the runner that there is a job.
    pub(crate) fn wake_runner(&self) {
        self.0.runner.notify_one();
    }

    /// Waits until somebody tells the runner that there is a job.
    pub(crate) async fn runner_woken(&self) {
        self.0.runner.notified().await;
    }

    /// Whether people reach this server over https.
    pub fn secure(&self) -> bool {
        self.0.settings.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }
}
