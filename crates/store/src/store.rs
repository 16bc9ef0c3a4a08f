//! The way in.

use std::sync::Arc;

use kernel::Catalogue;
use sea_orm::sqlx;
use sea_orm::{DatabaseConnection, DbBackend};

use crate::cases::Timing;
use crate::{Clock, Location, StoreError, connect, schema};

/// A zone's register. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    clock: Clock,
    timing: Timing,
}

struct Inner {
    location: Location,
    pools: connect::Pools,
    zone: String,
    catalogue: Arc<Catalogue>,
    caches: crate::register::Caches,
}

impl Store {
    /// Opens a database that exists and has this release's schema.
    ///
    /// # Errors
    /// [`StoreError::OlderSchema`], [`StoreError::NewerSchema`], [`StoreError::Disconnected`], or a
    /// refusal when there is no such file.
    pub async fn open(location: &Location, catalogue: Arc<Catalogue>) -> Result<Self, StoreError> {
        let pools = connect::open(location, false).await?;
        schema::check(&pools.read).await?;
        let zone = crate::zone::only_zone(&pools.read).await?;
        let inner = Inner { location: location.clone(), pools, zone, catalogue, caches: Default::default() };
        Ok(Self { inner: Arc::new(inner), clock: Clock::system(), timing: Timing::plain() })
    }

    /// Brings a database to this release's schema, making it where there is none, and opens it.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] when a newer release made it; otherwise as [`Store::open`].
    pub async fn migrate(location: &Location, catalogue: Arc<Catalogue>) -> Result<Self, StoreError> {
        let pools = connect::open(location, true).await?;
        schema::migrate(&pools.write).await?;
        pools.read.close_by_ref().await?;
        pools.write.close_by_ref().await?;
        Self::open(location, catalogue).await
    }

    /// Opens a database, first making it when it is empty or missing, or when its making was broken off. An older one
    /// is refused.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_or_create(location: &Location, catalogue: Arc<Catalogue>) -> Result<Self, StoreError> {
        let pools = connect::open(location, true).await?;
        let unmade = schema::is_unmade(&pools.read).await?;
        pools.read.close_by_ref().await?;
        pools.write.close_by_ref().await?;
        if unmade { Self::migrate(location, catalogue).await } else { Self::open(location, catalogue).await }
    }

    /// The same register with another clock.
    pub fn with_clock(&self, clock: Clock) -> Self {
        Self { clock, ..self.clone() }
    }

    /// The same register with another calendar of working days and another rule for colours.
    pub fn with_timing(&self, timing: Timing) -> Self {
        Self { timing, ..self.clone() }
    }

    /// Closes every connection; clones of this store fail from now on.
    ///
    /// # Errors
    /// When the database refuses to close.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.inner.pools.read.close_by_ref().await?;
        self.inner.pools.write.close_by_ref().await?;
        Ok(())
    }

    /// Where the database is.
    pub fn location(&self) -> &Location {
        &self.inner.location
    }

    /// The field catalogue.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.inner.catalogue
    }

    /// The clock acts are stamped with.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The working days and colours cases go by.
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    /// The zone's id, the first part of every key.
    pub(crate) fn zone_id(&self) -> &str {
        &self.inner.zone
    }

    /// Gives back the memory of pages that connections keep, after work that went through many of them.
    /// SQLite keeps what it has read until it needs the room for other pages; connections that answer
    /// somebody just now keep theirs, which are warm.
    pub async fn shed_pages(&self) {
        if self.backend() != DbBackend::Sqlite {
            return;
        }
        let mut held = Vec::new();
        for pool in
            [self.inner.pools.read.get_sqlite_connection_pool(), self.inner.pools.write.get_sqlite_connection_pool()]
        {
            // All are taken before the first goes back: otherwise the same one would come again.
            held.extend(std::iter::from_fn(|| pool.try_acquire()));
        }
        for connection in &mut held {
            // Memory that stays is no failure.
            if let Err(error) = sqlx::query("PRAGMA shrink_memory").execute(&mut **connection).await {
                tracing::debug!(%error, "a connection keeps its pages");
            }
        }
    }

    /// What is kept in memory of the register.
    pub(crate) fn caches(&self) -> &crate::register::Caches {
        &self.inner.caches
    }

    /// The pool for reading.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.inner.pools.read
    }

    /// The pool for writing; only [`Store::write`] and the backup use it.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.inner.pools.write
    }

    /// Which database it is.
    pub(crate) fn backend(&self) -> DbBackend {
        self.reader().get_database_backend()
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.inner.location).finish()
    }
}
